using Npgsql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>The table of deliveries.</summary>
internal static class DeliveryRows
{
    /// <summary>What <see cref="Read(NpgsqlDataReader, string, string, string?)"/> needs, of the table named <c>d</c>; the event's members follow.</summary>
    public const string Names = """
        d.id, d.subscription_id, d.status, d.due_at, d.created_at, d.expires_at, d.completed_at, d.attempt_count, d.schedule_base, d.batch_id,
        d.last_outcome, d.last_status_code
        """;

    /// <summary>How many columns <see cref="Names"/> are.</summary>
    public const int Count = 12;

    /// <summary>What <see cref="ReadWhole"/> needs, of the tables named <c>d</c> and <c>e</c>.</summary>
    public const string WholeNames = $"{Names}, e.id, e.type, e.tenant_id, d.partition, d.event_partition, d.event_seq";

    /// <summary>How many columns <see cref="WholeNames"/> are.</summary>
    public const int WholeCount = Count + 6;

    /// <summary>Joins the event to the delivery.</summary>
    public const string JoinEvent = $"CROSS JOIN LATERAL (SELECT * {OfEvent}) e";

    /// <summary>Joins what <see cref="WholeNames"/> needs of the event. A statement that locks deliveries carries along all that is named here.</summary>
    public const string JoinEventHead = $"CROSS JOIN LATERAL (SELECT f.id, f.type, f.tenant_id {OfEvent}) e";

    private const string OfEvent = """
        FROM ~.webhook_event f WHERE f.partition = d.event_partition AND f.seq >= d.event_seq AND f.seq <= d.event_seq ORDER BY f.seq LIMIT 1
        """;

    private const string SelectOne = $"""
        SELECT {WholeNames} FROM ~.webhook_delivery d {JoinEventHead}
        WHERE d.partition = ANY($2) AND d.id = $1
        """;

    private const string LockOne = $"{SelectOne} FOR UPDATE OF d";

    private const string Update = """
        UPDATE ~.webhook_delivery SET status = $3, due_at = $4, expires_at = $5, completed_at = $6, attempt_count = $7, schedule_base = $8, batch_id = $9
        WHERE partition = $1 AND id = $2
        """;

    private const string CancelSome = """
        UPDATE ~.webhook_delivery d SET status = 4, completed_at = $3
        FROM (
            SELECT partition, id FROM ~.webhook_delivery WHERE partition = $1 AND subscription_id = $2 AND status = 0
            ORDER BY due_at, event_seq LIMIT $4 FOR UPDATE
        ) o
        WHERE d.partition = o.partition AND d.id = o.id
        """;

    /// <summary>Finds a delivery by its id alone: the partition is part of the key, so each is looked into.</summary>
    public static async Task<DeliveryRow?> FindAsync(Session session, Guid id, short[] partitions, bool locks, CancellationToken cancellationToken)
    {
        var found = await session.UseIndexed(locks ? LockOne : SelectOne).With(id).With(partitions).ListAsync(ReadWhole, cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Stores the next state of a delivery.</summary>
    public static Task ChangeAsync(Session session, DeliveryRow row, WebhookDelivery next, CancellationToken cancellationToken) => session.UseIndexed(Update)
        .With((short?)row.Partition)
        .With(next.Id)
        .With((short?)next.Status)
        .With(Columns.OfTime(next.DueAt))
        .With(Columns.OfTime(next.ExpiresAt))
        .With(Columns.OfTime(next.CompletedAt))
        .With(next.AttemptCount)
        .With(next.ScheduleBase)
        .With(next.BatchId)
        .RunAsync(cancellationToken);

    /// <summary>Cancels some of what is pending of a subscription.</summary>
    /// <returns>How many.</returns>
    public static Task<int> CancelSomeAsync(
        Session session, int partition, string subscriptionId, DateTimeOffset now, int limit, CancellationToken cancellationToken) => session
        .UseIndexed(CancelSome)
        .With((short?)partition)
        .With(subscriptionId)
        .With(Columns.OfTime(now))
        .With(limit)
        .RunAsync(cancellationToken);

    /// <summary>Reads a delivery from a row that begins with <see cref="WholeNames"/>.</summary>
    public static DeliveryRow ReadWhole(NpgsqlDataReader row) => new(
        Read(row, row.GetString(Count), row.GetString(Count + 1), Columns.ToTenant(row.GetString(Count + 2))),
        row.GetInt16(Count + 3),
        row.GetInt16(Count + 4),
        row.GetInt64(Count + 5));

    /// <summary>Reads a delivery from a row that begins with <see cref="Names"/>.</summary>
    public static WebhookDelivery Read(NpgsqlDataReader row, string eventId, string eventType, string? tenantId) => new()
    {
        Id = row.GetGuid(0),
        EventId = eventId,
        EventType = eventType,
        TenantId = tenantId,
        SubscriptionId = row.GetString(1),
        Status = (DeliveryStatus)row.GetInt16(2),
        DueAt = Columns.ToTime(row.GetInt64(3)),
        CreatedAt = Columns.ToTime(row.GetInt64(4)),
        ExpiresAt = Columns.ToTime(row.LongOrNull(5)),
        CompletedAt = Columns.ToTime(row.LongOrNull(6)),
        AttemptCount = row.GetInt32(7),
        ScheduleBase = row.GetInt32(8),
        BatchId = row.TextOrNull(9),
        LastOutcome = (AttemptOutcome?)row.ShortOrNull(10),
        LastStatusCode = row.IntOrNull(11),
    };
}
