using System.Buffers.Binary;
using System.Collections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Deliveries that are published together to one subscription.</summary>
internal sealed class NewRun(string subscriptionId, short partition, int block, short eventPartition)
{
    /// <summary>How far apart the ids of a run may be, by the time in them: a delivery is looked for among the runs that begin within this time before it.</summary>
    public const int MaxSpanMilliseconds = 10_000;

    private readonly List<RunMember> _members = [];

    public string SubscriptionId => subscriptionId;

    public short Partition => partition;

    /// <summary>Which of the groups of the statement its events are in, from 0.</summary>
    public int Block => block;

    public short EventPartition => eventPartition;

    public IReadOnlyList<RunMember> Members => _members;

    public Guid FirstId { get; private set; } = Guid.AllBitsSet;

    public Guid LastId { get; private set; } = Guid.Empty;

    public long DueAt { get; private set; } = long.MaxValue;

    /// <summary>Whether it may be one: a delivery of which more is to be said has a row of its own.</summary>
    public static bool Takes(WebhookDelivery delivery) =>
        delivery is { ExpiresAt: null, AttemptCount: 0 } && delivery.DueAt == delivery.CreatedAt;

    /// <summary>Adds a delivery of a later event than that of the last.</summary>
    /// <returns>Whether it could be added.</returns>
    public bool TryAdd(int place, WebhookDelivery delivery)
    {
        if (_members.Count > 0 && _members[^1].Place >= place) return false;
        var first = Earlier(delivery.Id, FirstId);
        var last = Earlier(delivery.Id, LastId) == delivery.Id ? LastId : delivery.Id;
        if (MillisecondsOf(last) - MillisecondsOf(first) > MaxSpanMilliseconds) return false;
        (FirstId, LastId) = (first, last);
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

    /// <summary>The lowest id of a delivery whose run may hold one.</summary>
    public static Guid LowestFirstId(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(MillisecondsOf(id) - MaxSpanMilliseconds, 0) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private static Guid Earlier(Guid left, Guid right) => left.CompareTo(right) <= 0 ? left : right;

    private static long MillisecondsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }
}
