using System.Collections;
using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Deliveries that are published together to one subscription.</summary>
internal sealed class NewRun(string subscriptionId, short partition, int block, short eventPartition)
{
    private readonly List<RunMember> _members = [];
    private RunIds _ids = new();

    public string SubscriptionId => subscriptionId;

    public short Partition => partition;

    /// <summary>Which of the groups of the statement its events are in, from 0.</summary>
    public int Block => block;

    public short EventPartition => eventPartition;

    public IReadOnlyList<RunMember> Members => _members;

    public RunIds Ids => _ids;

    public long DueAt { get; private set; } = long.MaxValue;

    /// <summary>Adds a delivery of a later event than that of the last.</summary>
    /// <returns>Whether it could be added.</returns>
    public bool TryAdd(int place, WebhookDelivery delivery)
    {
        if (_members.Count > 0 && _members[^1].Place >= place) return false;
        if (!_ids.TryAdd(delivery.Id)) return false;
        var time = Columns.OfTime(delivery.CreatedAt);
        DueAt = Math.Min(DueAt, time);
        _members.Add(new RunMember(place, delivery.Id, time));
        return true;
    }

    public BitArray Places() => RunPlacesOf(_members);

    public static BitArray RunPlacesOf(IEnumerable<RunMember> members)
    {
        var places = new BitArray(EventNumber.GroupSize);
        foreach (var member in members) places[member.Place] = true;
        return places;
    }
}
