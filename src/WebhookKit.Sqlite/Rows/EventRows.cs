using System.Collections.Frozen;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite.Rows;

/// <summary>The table of events.</summary>
internal static class EventRows
{
    /// <summary>What <see cref="Read"/> needs, of the table named <c>e</c>.</summary>
    public const string Names = """
        e.id, e.tenant_id, e.type, e.occurred_at, e.occurred_offset, e.content_type, e.ordering_key, e.attributes, e.trace_parent, e.data
        """;

    /// <summary>How many columns <see cref="Names"/> are.</summary>
    public const int Count = 10;

    private const string JsonContentType = "application/json";

    private const string Insert = """
        INSERT INTO webhook_event (id, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, first_deliveries, kept_deliveries,
            content_type, ordering_key, attributes, trace_parent, data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11, ?12, ?13)
        ON CONFLICT (id, tenant_id) DO NOTHING
        """;

    /// <summary>Adds an event, if its id is free within its tenant.</summary>
    /// <returns>Its number in the order in which events are stored; <see langword="null"/> when the id is taken.</returns>
    public static long? TryAdd(SqliteSession session, EventWrite write)
    {
        var webhookEvent = write.Event;
        session.Use(Insert)
            .Bind(1, webhookEvent.Id)
            .Bind(2, Columns.OfTenant(webhookEvent.TenantId))
            .Bind(3, webhookEvent.Type)
            .Bind(4, Columns.OfTime(webhookEvent.OccurredAt))
            .Bind(5, webhookEvent.OccurredAt.TotalOffsetMinutes)
            .Bind(6, Columns.OfTime(write.PublishedAt))
            .Bind(7, write.IsAddressed)
            .Bind(8, write.Deliveries.Count)
            .Bind(9, webhookEvent.ContentType)
            .Bind(10, webhookEvent.OrderingKey)
            .Bind(11, webhookEvent.Attributes.Count == 0 ? null : StoredJson.OfMap(webhookEvent.Attributes))
            .Bind(12, webhookEvent.TraceParent)
            .Bind(13, webhookEvent.Data.Span)
            .Run();
        return session.Changes > 0 ? session.LastRowId : null;
    }

    /// <summary>How many deliveries an event was published with; <see langword="null"/> when there is none.</summary>
    public static int? FindFirstDeliveries(SqliteSession session, string? tenantId, string id)
    {
        using var statement = session.Use("SELECT first_deliveries FROM webhook_event WHERE id = ?1 AND tenant_id = ?2");
        return statement.Bind(1, id).Bind(2, Columns.OfTenant(tenantId)).Step() ? statement.Int(0) : null;
    }

    /// <summary>What a delivery says of an event.</summary>
    public static EventInfo? FindInfo(SqliteSession session, long seq)
    {
        using var statement = session.Use("SELECT id, type, tenant_id FROM webhook_event WHERE seq = ?1");
        return statement.Bind(1, seq).Step() ? new EventInfo(statement.Text(0), statement.Text(1), Columns.ToTenant(statement.Text(2))) : null;
    }

    public static WebhookEvent? Find(SqliteSession session, string? tenantId, string id)
    {
        using var statement = session.Use($"SELECT {Names} FROM webhook_event e WHERE e.id = ?1 AND e.tenant_id = ?2");
        return statement.Bind(1, id).Bind(2, Columns.OfTenant(tenantId)).Step() ? Read(statement, 0) : null;
    }

    /// <summary>An event that is known to be there.</summary>
    public static WebhookEvent Get(SqliteSession session, long seq)
    {
        using var statement = session.Use($"SELECT {Names} FROM webhook_event e WHERE e.seq = ?1");
        statement.Bind(1, seq).Step();
        return Read(statement, 0);
    }

    /// <summary>The number of an event; <see langword="null"/> when there is none.</summary>
    public static long? FindSeq(SqliteSession session, string? tenantId, string id)
    {
        using var statement = session.Use("SELECT seq FROM webhook_event WHERE id = ?1 AND tenant_id = ?2");
        return statement.Bind(1, id).Bind(2, Columns.OfTenant(tenantId)).Step() ? statement.Long(0) : null;
    }

    /// <summary>The numbers of the events with an id, of one tenant or of all.</summary>
    public static List<long> FindSeqs(SqliteSession session, string id, string? tenantId, bool allTenants)
    {
        using var statement = session.Use("SELECT seq FROM webhook_event WHERE id = ?1 AND (?3 OR tenant_id = ?2) ORDER BY seq DESC");
        statement.Bind(1, id).Bind(2, Columns.OfTenant(tenantId)).Bind(3, allTenants);
        List<long> found = [];
        while (statement.Step()) found.Add(statement.Long(0));
        return found;
    }

    /// <summary>Adds to the number of deliveries that an event has.</summary>
    public static void AddKept(SqliteSession session, long seq, int count)
    {
        using var statement = session.Use("UPDATE webhook_event SET kept_deliveries = kept_deliveries + ?2 WHERE seq = ?1");
        statement.Bind(1, seq).Bind(2, count).Run();
    }

    /// <summary>
    /// The first event that may have been published at a time or later: events are stored nearly, but not quite, in the order in which they
    /// are published, so the search begins earlier than the time says.
    /// </summary>
    public static long FindFirstSince(SqliteSession session, DateTimeOffset since)
    {
        var time = since < DateTimeOffset.MinValue + Slack ? 0 : Columns.OfTime(since - Slack);
        using var statement = session.Use("SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM webhook_event");
        statement.Step();
        var (low, high) = (statement.Long(0), statement.Long(1) + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (FindNextPublishedAt(session, middle) is { } found && found < time) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Reads an event from a row whose columns <see cref="Names"/> begin at one.</summary>
    public static WebhookEvent Read(Statement row, int at) => new()
    {
        Id = row.Text(at),
        TenantId = Columns.ToTenant(row.Text(at + 1)),
        Type = row.Text(at + 2),
        OccurredAt = Columns.ToTime(row.Long(at + 3)).ToOffset(TimeSpan.FromMinutes(row.Int(at + 4))),
        ContentType = row.Text(at + 5, JsonContentType),
        OrderingKey = row.TextOrNull(at + 6),
        Attributes = row.TextOrNull(at + 7) is { } attributes ? StoredJson.ToMap(attributes) : FrozenDictionary<string, string>.Empty,
        TraceParent = row.TextOrNull(at + 8),
        Data = row.Blob(at + 9),
    };

    /// <summary>How far apart the order of storing and that of publishing can lie: longer than any write waits for the file.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(15);

    private static long? FindNextPublishedAt(SqliteSession session, long seq)
    {
        using var statement = session.Use("SELECT published_at FROM webhook_event WHERE seq >= ?1 ORDER BY seq LIMIT 1");
        return statement.Bind(1, seq).Step() ? statement.Long(0) : null;
    }
}
