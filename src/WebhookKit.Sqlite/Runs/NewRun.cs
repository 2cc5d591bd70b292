using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite.Runs;

/// <summary>Deliveries that are published together, in the order of their events.</summary>
internal sealed class NewRun
{
    /// <summary>How many a run may have: what becomes of them is written together each time.</summary>
    public const int MaxMembers = 512;

    private readonly List<(WebhookDelivery Delivery, long EventSeq)> _deliveries = [];
    private readonly List<RunMember> _members = [];
    private readonly Dictionary<string, int> _lanes = new(StringComparer.Ordinal);
    private RunIds _ids = new();

    public IReadOnlyList<(WebhookDelivery Delivery, long EventSeq)> Deliveries => _deliveries;

    public List<RunMember> Members => _members;

    /// <summary>The subscriptions, in the order of their places.</summary>
    public IEnumerable<string> Lanes => _lanes.Keys;

    public RunIds Ids => _ids;

    public long FirstEvent => _deliveries[0].EventSeq;

    public long LastEvent => _deliveries[^1].EventSeq;

    public long DueAt { get; private set; } = long.MaxValue;

    /// <summary>Adds a delivery of the last event, or of a later one, unless it belongs into another run.</summary>
    /// <returns>Whether it is added.</returns>
    public bool TryAdd(long eventSeq, WebhookDelivery delivery)
    {
        if (_members.Count == MaxMembers) return false;
        var place = _members.Count == 0 ? 0 : eventSeq - FirstEvent;
        if (place > ushort.MaxValue || !_ids.TryAdd(delivery.Id)) return false;
        if (!_lanes.TryGetValue(delivery.SubscriptionId, out var lane)) _lanes.Add(delivery.SubscriptionId, lane = _lanes.Count);
        var time = Columns.OfTime(delivery.CreatedAt);
        DueAt = Math.Min(DueAt, time);
        _members.Add(new RunMember((int)place, lane, delivery.Id, time));
        _deliveries.Add((delivery, eventSeq));
        return true;
    }
}
