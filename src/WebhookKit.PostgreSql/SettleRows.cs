using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>The deliveries of some settlements as columns, and what became of them.</summary>
internal sealed class SettleRows(int settlements)
{
    private readonly List<(int Settlement, Settlement Of, WebhookDelivery Next, Guid? TextId, int Held)> _rows = [];
    private readonly List<(Guid Id, DeliveryAttempt Attempt)> _texts = [];
    private readonly Dictionary<(int Partition, long Fence), int> _fences = [];
    private readonly int[] _fenceOf = new int[settlements];
    private readonly int[] _applied = new int[settlements];
    private readonly HashSet<int> _current = [];

    public int Count => _rows.Count;

    /// <summary>Adds some deliveries of a settlement.</summary>
    public void Add(int place, Settlement settlement, IEnumerable<WebhookDelivery> deliveries)
    {
        var fence = (settlement.Partition, settlement.Fence);
        if (!_fences.TryGetValue(fence, out var held)) _fences.Add(fence, held = _fences.Count + 1);
        _fenceOf[place] = held;
        var textId = FindTexts(settlement);
        foreach (var delivery in deliveries) _rows.Add((place, settlement, delivery, textId, held));
    }

    /// <summary>Whether the settlement's fencing number is that of the partition's owner.</summary>
    public bool IsCurrent(int place) => _current.Contains(_fenceOf[place]);

    /// <summary>To how many deliveries of the settlement it was applied.</summary>
    public int Applied(int place) => _applied[place];

    /// <summary>Notes what the statement says.</summary>
    public void Note(long[] held, long[] applied)
    {
        foreach (var place in held) _current.Add((int)place);
        foreach (var place in applied) _applied[_rows[(int)place - 1].Settlement]++;
    }

    public Command AddKey(Command command) => command
        .With(_fences.Keys.Select(static f => (short)f.Partition).ToArray())
        .With(_fences.Keys.Select(static f => f.Fence).ToArray())
        .With(Of(static r => r.Held))
        .With(Of(static r => r.Next.Id))
        .With(Of(static r => r.Of.SubscriptionId))
        .With(Of(static r => r.Of.ExpectedAttemptCount(r.Next)));

    public Command AddChange(Command command) => AddKey(command)
        .With(Of(static r => (short)r.Next.Status))
        .With(Of(static r => Columns.OfTime(r.Next.DueAt)))
        .WithSparse(Of(static r => Columns.OfTime(r.Next.CompletedAt)))
        .WithSparse(Of(static r => r.Next.BatchId))
        .WithSparse(Of(static r => (short?)r.Next.LastOutcome))
        .WithSparse(Of(static r => r.Next.LastStatusCode))
        .WithSparse(Of(static r => Columns.OfTime(r.Of.Attempt?.StartedAt)))
        .WithSparse(Of(static r => r.Of.Attempt?.Duration.Ticks))
        .WithSparse(Of(static r => r.Of.Attempt?.MessageId == r.Next.EventId ? null : r.Of.Attempt?.MessageId))
        .WithSparse(Of(static r => r.Of.Attempt?.BatchSize))
        .WithSparse(Of(static r => (short?)r.Of.Attempt?.Outcome))
        .WithSparse(Of(static r => r.Of.Attempt?.StatusCode))
        .WithSparse(Of(static r => r.TextId is null ? r.Of.Attempt?.ResponseBody : null))
        .WithSparse(Of(static r => r.TextId is null ? r.Of.Attempt?.Error : null))
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

    private T[] Of<T>(Func<(int Settlement, Settlement Of, WebhookDelivery Next, Guid? TextId, int Held), T> column)
    {
        var values = new T[_rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(_rows[i]);
        return values;
    }
}
