using Microsoft.Data.Sqlite;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite.Rows;

/// <summary>The table of deliveries.</summary>
internal static class DeliveryRows
{
    /// <summary>What <see cref="Read"/> needs, of the table named <c>d</c>; the event's members follow.</summary>
    public const string Names = """
        d.id, d.subscription_id, d.status, d.due_at, d.created_at, d.expires_at, d.completed_at, d.attempt_count, d.schedule_base, d.batch_id,
        d.last_outcome, d.last_status_code
        """;

    /// <summary>How many columns <see cref="Names"/> are.</summary>
    public const int Count = 12;

    private const string InsertOne = """
        INSERT INTO webhook_delivery (event_seq, id, subscription_id, status, due_at, created_at, expires_at, completed_at, attempt_count, schedule_base,
            batch_id, last_outcome, last_status_code)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        """;

    private const string Update = """
        UPDATE webhook_delivery SET status = ?3, due_at = ?4, expires_at = ?5, completed_at = ?6, attempt_count = ?7, schedule_base = ?8, batch_id = ?9,
            last_outcome = ?10, last_status_code = ?11
        WHERE event_seq = ?1 AND subscription_id = ?2
        """;

    private const string SelectOne = $"""
        SELECT {Names}, e.id, e.type, e.tenant_id, d.event_seq
        FROM webhook_delivery d JOIN webhook_event e ON e.seq = d.event_seq
        WHERE d.id = ?1
        """;

    /// <summary>Adds a delivery.</summary>
    /// <exception cref="ArgumentException">Its id is taken, or its event has one to the same subscription.</exception>
    public static void Add(SqliteSession session, long eventSeq, WebhookDelivery delivery)
    {
        try
        {
            Insert(session, eventSeq, delivery);
        }
        catch (SqliteException cause) when (WriteTransaction.IsKeyTaken(cause))
        {
            throw TakenKey(delivery, cause);
        }
    }

    /// <summary>Adds a delivery that has been pending elsewhere, and has not been attempted.</summary>
    public static void AddPending(SqliteSession session, DeliveryKey key, Guid id, long createdAt) => session.Use("""
        INSERT INTO webhook_delivery (event_seq, id, subscription_id, status, due_at, created_at, attempt_count, schedule_base) VALUES (?1, ?2, ?3, 0, ?4, ?4, 0, 0)
        """).Bind(1, key.EventSeq).Bind(2, id).Bind(3, key.SubscriptionId).Bind(4, createdAt).Run();

    /// <summary>Finds an id of a new run that a row has already.</summary>
    /// <param name="session">Where.</param>
    /// <param name="range">Between which the run's ids are.</param>
    /// <param name="members">What the run has.</param>
    public static Guid? FindTaken(SqliteSession session, RunIds range, List<RunMember> members)
    {
        HashSet<Guid>? ids = null;
        using var rows = session.Use("SELECT id FROM webhook_delivery WHERE id >= ?1 AND id <= ?2");
        rows.Bind(1, range.First).Bind(2, range.Last);
        while (rows.Step())
        {
            ids ??= [.. members.Select(static m => m.Id)];
            if (ids.Contains(rows.Guid(0))) return rows.Guid(0);
        }

        return null;
    }

    /// <summary>What is thrown when a delivery cannot be added.</summary>
    public static ArgumentException TakenKey(WebhookDelivery delivery, Exception? cause) => new(
        $"Event '{delivery.EventId}' has a delivery whose id is taken, or two to one subscription; nothing was stored. Give each delivery an id of its own.", cause);

    private static void Insert(SqliteSession session, long eventSeq, WebhookDelivery delivery) => session.Use(InsertOne)
        .Bind(1, eventSeq)
        .Bind(2, delivery.Id)
        .Bind(3, delivery.SubscriptionId)
        .Bind(4, (int)delivery.Status)
        .Bind(5, Columns.OfTime(delivery.DueAt))
        .Bind(6, Columns.OfTime(delivery.CreatedAt))
        .Bind(7, Columns.OfTime(delivery.ExpiresAt))
        .Bind(8, Columns.OfTime(delivery.CompletedAt))
        .Bind(9, delivery.AttemptCount)
        .Bind(10, delivery.ScheduleBase)
        .Bind(11, delivery.BatchId)
        .Bind(12, (int?)delivery.LastOutcome)
        .Bind(13, delivery.LastStatusCode)
        .Run();

    /// <summary>Stores the next state of a delivery.</summary>
    public static void Change(SqliteSession session, DeliveryKey key, WebhookDelivery next) => session.Use(Update)
        .Bind(1, key.EventSeq)
        .Bind(2, key.SubscriptionId)
        .Bind(3, (int)next.Status)
        .Bind(4, Columns.OfTime(next.DueAt))
        .Bind(5, Columns.OfTime(next.ExpiresAt))
        .Bind(6, Columns.OfTime(next.CompletedAt))
        .Bind(7, next.AttemptCount)
        .Bind(8, next.ScheduleBase)
        .Bind(9, next.BatchId)
        .Bind(10, (int?)next.LastOutcome)
        .Bind(11, next.LastStatusCode)
        .Run();

    public static (WebhookDelivery Delivery, DeliveryKey Key)? Find(SqliteSession session, Guid id)
    {
        using var statement = session.Use(SelectOne);
        if (!statement.Bind(1, id).Step()) return null;
        var delivery = Read(statement, statement.Text(Count), statement.Text(Count + 1), Columns.ToTenant(statement.Text(Count + 2)));
        return (delivery, new DeliveryKey(statement.Long(Count + 3), delivery.SubscriptionId));
    }

    /// <summary>The place of a delivery that is pending, has had a number of attempts, is of a subscription and expires when its next state says.</summary>
    public static long? FindPending(SqliteSession session, WebhookDelivery next, string subscriptionId, int attemptCount)
    {
        using var statement = session.Use(
            "SELECT event_seq FROM webhook_delivery WHERE id = ?1 AND subscription_id = ?2 AND status = 0 AND attempt_count = ?3 AND expires_at IS ?4");
        return statement.Bind(1, next.Id).Bind(2, subscriptionId).Bind(3, attemptCount).Bind(4, Columns.OfTime(next.ExpiresAt)).Step() ? statement.Long(0) : null;
    }

    /// <summary>Removes a delivery with its attempts. Its event, if it is kept, does not count as missed because of that.</summary>
    public static void Remove(SqliteSession session, DeliveryKey key)
    {
        session.Use("DELETE FROM webhook_delivery WHERE event_seq = ?1 AND subscription_id = ?2").Bind(1, key.EventSeq).Bind(2, key.SubscriptionId).Run();
        NoteRemoved(session, key);
    }

    /// <summary>Notes of a delivery that is removed that there has been one, as long as its event is kept.</summary>
    public static void NoteRemoved(SqliteSession session, DeliveryKey key)
    {
        session.Use("INSERT INTO webhook_delivery_removed (event_seq, subscription_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
            .Bind(1, key.EventSeq).Bind(2, key.SubscriptionId).Run();
        EventRows.AddKept(session, key.EventSeq, -1);
    }

    /// <summary>Whether a subscription has, or had, a delivery of an event.</summary>
    public static bool IsKnown(SqliteSession session, DeliveryKey key)
    {
        using var statement = session.Use("""
            SELECT EXISTS (SELECT 1 FROM webhook_delivery WHERE event_seq = ?1 AND subscription_id = ?2)
                OR EXISTS (SELECT 1 FROM webhook_delivery_removed WHERE event_seq = ?1 AND subscription_id = ?2)
            """);
        statement.Bind(1, key.EventSeq).Bind(2, key.SubscriptionId).Step();
        return statement.Long(0) != 0;
    }

    /// <summary>Cancels some of what is pending of a subscription.</summary>
    /// <returns>How many.</returns>
    public static int CancelSome(SqliteSession session, string subscriptionId, DateTimeOffset now, int limit)
    {
        using var statement = session.Use("""
            UPDATE webhook_delivery SET status = 4, completed_at = ?2
            WHERE id IN (SELECT id FROM webhook_delivery INDEXED BY webhook_delivery_due WHERE subscription_id = ?1 AND status = 0 LIMIT ?3)
            """);
        statement.Bind(1, subscriptionId).Bind(2, Columns.OfTime(now)).Bind(3, limit).Run();
        return session.Changes;
    }

    /// <summary>Reads a delivery from a row that begins with <see cref="Names"/>.</summary>
    public static WebhookDelivery Read(Statement row, string eventId, string eventType, string? tenantId, string likelySubscriptionId = "") => new()
    {
        Id = row.Guid(0),
        EventId = eventId,
        EventType = eventType,
        TenantId = tenantId,
        SubscriptionId = row.Text(1, likelySubscriptionId),
        Status = (DeliveryStatus)row.Int(2),
        DueAt = Columns.ToTime(row.Long(3)),
        CreatedAt = Columns.ToTime(row.Long(4)),
        ExpiresAt = Columns.ToTime(row.LongOrNull(5)),
        CompletedAt = Columns.ToTime(row.LongOrNull(6)),
        AttemptCount = row.Int(7),
        ScheduleBase = row.Int(8),
        BatchId = row.TextOrNull(9),
        LastOutcome = (AttemptOutcome?)row.IntOrNull(10),
        LastStatusCode = row.IntOrNull(11),
    };
}
