using System.Collections.Frozen;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite.Rows;

/// <summary>The table of subscriptions.</summary>
internal static class SubscriptionRows
{
    private const string Names = """
        id, tenant_id, version, name, url, event_types, filter, profile, settings, secrets, headers, http_client, batch_events, batch_bytes,
        batch_delay, delivery_order, max_concurrency, rate_requests, rate_per, status, status_reason, status_changed_at, failing_since, created_at,
        updated_at
        """;

    private const string Insert = $"""
        INSERT INTO webhook_subscription ({Names})
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)
        """;

    private const string Update = """
        UPDATE webhook_subscription SET version = ?3, name = ?4, url = ?5, event_types = ?6, filter = ?7, profile = ?8, settings = ?9, secrets = ?10,
            headers = ?11, http_client = ?12, batch_events = ?13, batch_bytes = ?14, batch_delay = ?15, delivery_order = ?16, max_concurrency = ?17,
            rate_requests = ?18, rate_per = ?19, status = ?20, status_reason = ?21, status_changed_at = ?22, failing_since = ?23, created_at = ?24,
            updated_at = ?25
        WHERE id = ?1
        """;

    private const string SelectOne = $"SELECT {Names} FROM webhook_subscription WHERE id = ?1";
    private const string SelectAll = $"SELECT {Names} FROM webhook_subscription";
    private const string SelectChanged = $"SELECT {Names} FROM webhook_subscription WHERE version > ?1 ORDER BY version";
    private const string SelectPageOfAll = $"SELECT {Names} FROM webhook_subscription WHERE id > ?1 AND (?2 IS NULL OR status = ?2) ORDER BY id LIMIT ?3";
    private const string SelectPageOfTenant = $"""
        SELECT {Names} FROM webhook_subscription WHERE tenant_id = ?4 AND id > ?1 AND (?2 IS NULL OR status = ?2) ORDER BY id LIMIT ?3
        """;

    public static WebhookSubscription? Find(SqliteSession session, string id)
    {
        using var statement = session.Use(SelectOne);
        return statement.Bind(1, id).Step() ? Read(statement) : null;
    }

    public static bool Exists(SqliteSession session, string id)
    {
        using var statement = session.Use("SELECT 1 FROM webhook_subscription WHERE id = ?1");
        return statement.Bind(1, id).Step();
    }

    /// <summary>All, or those that have changed since a change number.</summary>
    public static List<WebhookSubscription> List(SqliteSession session, long? since)
    {
        using var statement = since is { } number ? session.Use(SelectChanged).Bind(1, number) : session.Use(SelectAll);
        return ReadAll(statement);
    }

    public static IReadOnlyList<FailingEndpoint> ListFailing(SqliteSession session)
    {
        using var statement = session.Use("SELECT id, failing_since, version FROM webhook_subscription WHERE failing_since IS NOT NULL");
        List<FailingEndpoint> failing = [];
        while (statement.Step()) failing.Add(new FailingEndpoint(statement.Text(0), Columns.ToTime(statement.Long(1)), statement.Long(2)));
        return failing;
    }

    /// <summary>One more than the page holds, if there are as many.</summary>
    public static List<WebhookSubscription> List(SqliteSession session, SubscriptionQuery query)
    {
        using var statement = session.Use(query.AllTenants ? SelectPageOfAll : SelectPageOfTenant);
        var most = query.Limit + 1L;
        statement.Bind(1, query.After ?? "").Bind(2, (int?)query.Status).Bind(3, string.IsNullOrEmpty(query.Search) ? most : -1);
        if (!query.AllTenants) statement.Bind(4, Columns.OfTenant(query.TenantId));

        // SQLite knows the case of ASCII letters only.
        List<WebhookSubscription> found = [];
        while (found.Count < most && statement.Step())
        {
            if (query.IsFound(statement.TextOrNull(3), statement.Text(4))) found.Add(Read(statement));
        }

        return found;
    }

    public static List<string> ListIds(SqliteSession session, string? tenantId)
    {
        using var statement = session.Use("SELECT id FROM webhook_subscription WHERE tenant_id = ?1 ORDER BY id");
        statement.Bind(1, Columns.OfTenant(tenantId));
        List<string> ids = [];
        while (statement.Step()) ids.Add(statement.Text(0));
        return ids;
    }

    /// <summary>Adds one whose id is free.</summary>
    public static void Add(SqliteSession session, WebhookSubscription subscription) => Bind(session.Use(Insert), subscription).Run();

    /// <summary>Replaces one, but for its tenant.</summary>
    public static void Replace(SqliteSession session, WebhookSubscription subscription) => Bind(session.Use(Update), subscription).Run();

    public static void SetFailingSince(SqliteSession session, string id, DateTimeOffset? failingSince)
    {
        using var statement = session.Use("UPDATE webhook_subscription SET failing_since = ?2 WHERE id = ?1 AND failing_since IS NOT ?2");
        statement.Bind(1, id).Bind(2, Columns.OfTime(failingSince)).Run();
    }

    public static void Delete(SqliteSession session, string id)
    {
        using var statement = session.Use("DELETE FROM webhook_subscription WHERE id = ?1");
        statement.Bind(1, id).Run();
    }

    /// <summary>The change number of the latest change, deletions included, of any subscription of a tenant.</summary>
    public static long FindLatestChange(SqliteSession session, string? tenantId)
    {
        using var statement = session.Use("""
            SELECT max(
                coalesce((SELECT max(version) FROM webhook_subscription WHERE tenant_id = ?1), 0),
                coalesce((SELECT max(version) FROM webhook_subscription_deleted WHERE tenant_id = ?1), 0))
            """);
        statement.Bind(1, Columns.OfTenant(tenantId)).Step();
        return statement.Long(0);
    }

    private static List<WebhookSubscription> ReadAll(Statement statement)
    {
        List<WebhookSubscription> found = [];
        while (statement.Step()) found.Add(Read(statement));
        return found;
    }

    private static Statement Bind(Statement statement, WebhookSubscription subscription) => statement
        .Bind(1, subscription.Id)
        .Bind(2, Columns.OfTenant(subscription.TenantId))
        .Bind(3, subscription.Version)
        .Bind(4, subscription.Name)
        .Bind(5, subscription.Url.OriginalString)
        .Bind(6, StoredJson.OfList(subscription.EventTypes))
        .Bind(7, subscription.Filter?.ToJson())
        .Bind(8, subscription.Profile)
        .Bind(9, StoredJson.OfMap(subscription.Settings))
        .Bind(10, StoredJson.OfSecrets(subscription.Secrets))
        .Bind(11, StoredJson.OfMap(subscription.Headers))
        .Bind(12, subscription.HttpClient)
        .Bind(13, subscription.Batching?.MaxEvents)
        .Bind(14, subscription.Batching?.MaxBytes)
        .Bind(15, subscription.Batching?.MaxDelay.Ticks)
        .Bind(16, (int)subscription.Order)
        .Bind(17, subscription.MaxConcurrency)
        .Bind(18, subscription.RateLimit?.Requests)
        .Bind(19, subscription.RateLimit?.Per.Ticks)
        .Bind(20, (int)subscription.Status)
        .Bind(21, subscription.StatusReason)
        .Bind(22, Columns.OfTime(subscription.StatusChangedAt))
        .Bind(23, Columns.OfTime(subscription.FailingSince))
        .Bind(24, Columns.OfTime(subscription.CreatedAt))
        .Bind(25, Columns.OfTime(subscription.UpdatedAt));

    private static WebhookSubscription Read(Statement row) => new()
    {
        Id = row.Text(0),
        TenantId = Columns.ToTenant(row.Text(1)),
        Version = row.Long(2),
        Name = row.TextOrNull(3),
        Url = new Uri(row.Text(4)),
        EventTypes = StoredJson.ToList(row.Text(5)),
        Filter = row.TextOrNull(6) is { } filter ? WebhookFilter.Parse(filter) : null,
        Profile = row.Text(7),
        Settings = ReadMap(row.Text(8)),
        Secrets = StoredJson.ToSecrets(row.Text(9)),
        Headers = ReadMap(row.Text(10)),
        HttpClient = row.TextOrNull(11),
        Batching = row.IntOrNull(12) is { } events
            ? new BatchingOptions { MaxEvents = events, MaxBytes = row.Int(13), MaxDelay = TimeSpan.FromTicks(row.Long(14)) }
            : null,
        Order = (DeliveryOrder)row.Int(15),
        MaxConcurrency = row.IntOrNull(16),
        RateLimit = row.IntOrNull(17) is { } requests ? new RateLimit(requests, TimeSpan.FromTicks(row.Long(18))) : null,
        Status = (SubscriptionStatus)row.Int(19),
        StatusReason = row.TextOrNull(20),
        StatusChangedAt = Columns.ToTime(row.LongOrNull(21)),
        FailingSince = Columns.ToTime(row.LongOrNull(22)),
        CreatedAt = Columns.ToTime(row.Long(23)),
        UpdatedAt = Columns.ToTime(row.Long(24)),
    };

    private static IReadOnlyDictionary<string, string> ReadMap(string json) =>
        json == "{}" ? FrozenDictionary<string, string>.Empty : StoredJson.ToMap(json);
}
