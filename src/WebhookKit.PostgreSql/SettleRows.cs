using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>Deliveries to settle that have rows, as columns, and what became of them.</summary>
internal sealed class SettleRows(Fences fences, int[] applied)
{
    private readonly List<(SettleItem Item, Guid? TextId)> _rows = [];
    private readonly Dictionary<int, Guid?> _textIds = [];
    private readonly List<(Guid Id, DeliveryAttempt Attempt)> _texts = [];
    private readonly HashSet<int> _applied = [];

    public int Count => _rows.Count;

    /// <summary>Those that were not as the settlement expected them.</summary>
    public IEnumerable<SettleItem> Unapplied => _rows.Where((_, i) => !_applied.Contains(i)).Select(static r => r.Item);

    public void Add(SettleItem item)
    {
        if (!_textIds.TryGetValue(item.Place, out var textId)) _textIds.Add(item.Place, textId = FindTexts(item.Of));
        _rows.Add((item, textId));
    }

    /// <summary>Notes what the statement says.</summary>
    public void Note(long[] held, long[] changed)
    {
        fences.Note(held);
        foreach (var place in changed)
        {
            _applied.Add((int)place - 1);
            applied[_rows[(int)place - 1].Item.Place]++;
        }
    }

    public Command AddKey(Command command) => fences.AddTo(command)
        .With(Of(r => fences.Of(r.Item.Place)))
        .With(Of(static r => r.Item.Next.Id))
        .With(Of(static r => r.Item.Of.SubscriptionId))
        .With(Of(static r => r.Item.ExpectedAttemptCount))
        .WithSparse(Of(static r => Columns.OfTime(r.Item.Next.ExpiresAt)));

    public Command AddChange(Command command) => AddKey(command)
        .With(Of(static r => (short)r.Item.Next.Status))
        .With(Of(static r => Columns.OfTime(r.Item.Next.DueAt)))
        .WithSparse(Of(static r => Columns.OfTime(r.Item.Next.CompletedAt)))
        .WithSparse(Of(static r => r.Item.Next.BatchId))
        .WithSparse(Of(static r => (short?)r.Item.Next.LastOutcome))
        .WithSparse(Of(static r => r.Item.Next.LastStatusCode))
        .WithSparse(Of(static r => Columns.OfTime(r.Item.Of.Attempt?.StartedAt)))
        .WithSparse(Of(static r => r.Item.Of.Attempt?.Duration.Ticks))
        .WithSparse(Of(static r => r.Item.Of.Attempt?.MessageId == r.Item.Next.EventId ? null : r.Item.Of.Attempt?.MessageId))
        .WithSparse(Of(static r => r.Item.Of.Attempt?.BatchSize))
        .WithSparse(Of(static r => (short?)r.Item.Of.Attempt?.Outcome))
        .WithSparse(Of(static r => r.Item.Of.Attempt?.StatusCode))
        .WithSparse(Of(static r => r.TextId is null ? r.Item.Of.Attempt?.ResponseBody : null))
        .WithSparse(Of(static r => r.TextId is null ? r.Item.Of.Attempt?.Error : null))
        .WithSparse(Of(static r => r.TextId))
        .With(_texts.Select(static t => t.Id).ToArray())
        .With(_texts.Select(static t => Columns.OfTime(t.Attempt.StartedAt)).ToArray())
        .With(_texts.Select(static t => t.Attempt.ResponseBody).ToArray())
        .With(_texts.Select(static t => t.Attempt.Error).ToArray());

    /// <summary>The texts of an attempt that many deliveries share stand once, in a table of their own.</summary>
    private Guid? FindTexts(Settlement settlement)
    {
        if (settlement.Deliveries.Count < 2 || settlement.Attempt is not { } attempt || (attempt.ResponseBody ?? attempt.Error) is null) return null;
        var id = Guid.CreateVersion7(attempt.StartedAt);
        _texts.Add((id, attempt));
        return id;
    }

    private T[] Of<T>(Func<(SettleItem Item, Guid? TextId), T> column)
    {
        var values = new T[_rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(_rows[i]);
        return values;
    }
}
