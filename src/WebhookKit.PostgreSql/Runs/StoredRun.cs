using System.Collections;
using Npgsql;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>A run as it was read.</summary>
internal sealed class StoredRun
{
    /// <summary>What reading one needs, of the table named <c>r</c>.</summary>
    public const string Names = "r.partition, r.subscription_id, r.event_group, r.event_partition, r.due_at, r.pending_places, r.members, r.outcomes, r.first_id";

    private readonly BitArray _pending;
    private readonly byte[] _outcomes;
    private Dictionary<int, RunOutcome>? _byPlace;

    private StoredRun(RunKey key, short eventPartition, long dueAt, BitArray pending, RunMember[] members, byte[] outcomes, Guid firstId)
    {
        Key = key;
        EventPartition = eventPartition;
        DueAt = dueAt;
        _pending = pending;
        Members = members;
        _outcomes = outcomes;
        FirstId = firstId;
    }

    public RunKey Key { get; }

    public short EventPartition { get; }

    /// <summary>When the earliest is due, in ticks.</summary>
    public long DueAt { get; }

    /// <summary>The lowest id of its deliveries: no other run has it.</summary>
    public Guid FirstId { get; }

    /// <summary>All its deliveries in the order of their events, also those that have moved.</summary>
    public IReadOnlyList<RunMember> Members { get; }

    public static StoredRun Read(NpgsqlDataReader row) => Read(row, 0);

    /// <summary>Reads one from a row whose columns <see cref="Names"/> begin at one.</summary>
    public static StoredRun Read(NpgsqlDataReader row, int at) => new(
        new RunKey(row.GetInt16(at), row.GetString(at + 1), row.GetInt64(at + 2)),
        row.GetInt16(at + 3),
        row.GetInt64(at + 4),
        row.GetFieldValue<BitArray>(at + 5),
        RunBytes.ToMembers(row.GetFieldValue<byte[]>(at + 6)),
        row.GetFieldValue<byte[]>(at + 7),
        row.GetGuid(at + 8));

    public bool IsPending(RunMember member) => _pending[member.Place];

    /// <summary>How the delivery succeeded here; <see langword="null"/> when it is pending, or has moved.</summary>
    public RunOutcome? OutcomeOf(RunMember member) =>
        (_byPlace ??= RunOutcomes.Read(_outcomes)).TryGetValue(member.Place, out var outcome) ? outcome : null;

    /// <summary>The delivery's status; <see langword="null"/> when it has moved.</summary>
    public DeliveryStatus? StatusOf(RunMember member) =>
        IsPending(member) ? DeliveryStatus.Pending : OutcomeOf(member) is null ? null : DeliveryStatus.Succeeded;

    public long EventSeqOf(RunMember member) => EventNumber.Of(Key.EventGroup, member.Place);

    /// <summary>The delivery, which has not moved.</summary>
    public DeliveryRow ToRow(RunMember member, EventInfo ofEvent) => new(ToDelivery(member, ofEvent), Key.Partition, EventPartition, EventSeqOf(member));

    /// <summary>The delivery, which has not moved.</summary>
    public WebhookDelivery ToDelivery(RunMember member, EventInfo ofEvent)
    {
        var pending = new WebhookDelivery
        {
            Id = member.Id,
            EventId = ofEvent.Id,
            EventType = ofEvent.Type,
            TenantId = ofEvent.TenantId,
            SubscriptionId = Key.SubscriptionId,
            CreatedAt = Columns.ToTime(member.CreatedAt),
            DueAt = Columns.ToTime(member.CreatedAt),
        };
        return !IsPending(member) && OutcomeOf(member) is { } outcome ? outcome.ToDelivery(pending) : pending;
    }
}
