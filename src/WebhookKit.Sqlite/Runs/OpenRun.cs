using System.Text;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite.Runs;

/// <summary>A run that the open transaction changes: all of it is written once, at its end.</summary>
internal sealed class OpenRun(SqliteSession session, StoredRun run)
{
    private const int UsualOutcomeSize = 64;

    private readonly byte[] _places = [.. run.PendingBits];
    private readonly List<(int Place, WebhookDelivery Next, DeliveryAttempt Attempt)> _succeeded = [];
    private int _left;
    private long? _completedAt = run.CompletedAt;

    public RunBody Body => run.Body;

    public bool IsPending(int place) => RunBytes.IsSet(_places, place);

    /// <summary>Notes that a pending delivery has succeeded.</summary>
    public void Succeeded(int place, WebhookDelivery next, DeliveryAttempt attempt)
    {
        _succeeded.Add((place, next, attempt));
        var time = Columns.OfTime(next.CompletedAt!.Value);
        if (_completedAt is null || _completedAt < time) _completedAt = time;
        Leave(place);
    }

    /// <summary>Moves a pending delivery to a row of its own, where all may happen to it that can.</summary>
    public void Move(int place)
    {
        var member = run.Body[place];
        DeliveryRows.AddPending(session, run.Body.KeyOf(place), member.Id, member.CreatedAt);
        Leave(place);
    }

    /// <summary>Removes a pending delivery, of which nothing is kept.</summary>
    public void Remove(int place)
    {
        DeliveryRows.NoteRemoved(session, run.Body.KeyOf(place));
        Leave(place);
    }

    /// <summary>Writes what has changed. A run of which nothing is left goes.</summary>
    public void Store()
    {
        if (_left == 0) return;
        var pending = CountPending();
        if (pending == 0 && _completedAt is null) RunRows.Remove(session, run.Body.Seq);
        else RunRows.Change(session, run.Body.Seq, pending, _completedAt, _places, Outcomes());
    }

    private ReadOnlySpan<byte> Outcomes()
    {
        using var bytes = new MemoryStream(_succeeded.Count * UsualOutcomeSize);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        foreach (var (place, next, attempt) in _succeeded) RunOutcomes.Write(writer, place, next, attempt);
        writer.Flush();
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }

    private void Leave(int place)
    {
        RunBytes.Clear(_places, place);
        _left++;
    }

    private int CountPending()
    {
        var count = 0;
        foreach (var bits in _places) count += byte.PopCount(bits);
        return count;
    }
}
