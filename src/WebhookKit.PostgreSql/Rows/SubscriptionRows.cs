using System.Collections.Frozen;
using Npgsql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>The table of subscriptions.</summary>
internal static class SubscriptionRows
{
    private const string Names = """
        id, tenant_id, version, name, url, event_types, filter, profile, settings, secrets, headers, http_client, batch_events, batch_bytes,
        batch_delay, delivery_order, max_concurrency, rate_requests, rate_per, status, status_reason, status_changed_at, failing_since, created_at,
        updated_at
        """;

    private const string Insert = $"""
        INSERT INTO ~.webhook_subscription ({Names})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string Update = """
        UPDATE ~.webhook_subscription SET tenant_id = $2, version = $3, name = $4, url = $5, event_types = $6, filter = $7, profile = $8, settings = $9,
            secrets = $10, headers = $11, http_client = $12, batch_events = $13, batch_bytes = $14, batch_delay = $15, delivery_order = $16,
            max_concurrency = $17, rate_requests = $18, rate_per = $19, status = $20, status_reason = $21, status_changed_at = $22, failing_since = $23,
            created_at = $24, updated_at = $25
        WHERE id = $1
        """;

    private const string SelectOne = $"SELECT {Names} FROM ~.webhook_subscription WHERE id = $1";
    private const string LockOne = $"{SelectOne} FOR NO KEY UPDATE";
    private const string SelectAll = $"SELECT {Names} FROM ~.webhook_subscription";
    private const string SelectChanged = $"{SelectAll} WHERE version > $1 ORDER BY version";

    /// <summary>What a small letter is depends on the locale of the database, even of ASCII: in Turkish I is none of i.</summary>
    private const string OfPage = """
        id > $1 AND ($2::smallint IS NULL OR status = $2) AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0 OR strpos(lower(url), lower($4)) > 0
            OR strpos(lower(name COLLATE "C"), lower($4 COLLATE "C")) > 0 OR strpos(lower(url COLLATE "C"), lower($4 COLLATE "C")) > 0)
        """;

    private const string SelectPageOfAll = $"{SelectAll} WHERE {OfPage} ORDER BY id LIMIT $3";
    private const string SelectPageOfTenant = $"{SelectAll} WHERE tenant_id = $5 AND {OfPage} ORDER BY id LIMIT $3";

    /// <summary>Finds one, and perhaps keeps everybody else from changing it; publishing to it goes on.</summary>
    public static async Task<WebhookSubscription?> FindAsync(Session session, string id, bool locks, CancellationToken cancellationToken)
    {
        var found = await session.UseIndexed(locks ? LockOne : SelectOne).With(id).ListAsync(Read, cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Finds one that is to be deleted: once those who publish to it have ended, who come after wait.</summary>
    public static async Task<WebhookSubscription?> FindForDeletionAsync(Session session, string id, CancellationToken cancellationToken) =>
        (await session.UseIndexed($"{SelectOne} FOR UPDATE").With(id).ListAsync(Read, cancellationToken)).FirstOrDefault();

    /// <summary>Whether there is one; it stays until the transaction ends.</summary>
    public static async Task<bool> KeepAsync(Session session, string id, CancellationToken cancellationToken) =>
        await session.UseIndexed("SELECT true FROM ~.webhook_subscription WHERE id = $1 FOR KEY SHARE").With(id).ScalarAsync<bool>(cancellationToken);

    public static Task<List<FailingEndpoint>> ListFailingAsync(Session session, CancellationToken cancellationToken) => session
        .UseIndexed("SELECT id, failing_since, version FROM ~.webhook_subscription WHERE failing_since IS NOT NULL")
        .ListAsync(static r => new FailingEndpoint(r.GetString(0), Columns.ToTime(r.GetInt64(1)), r.GetInt64(2)), cancellationToken);

    /// <summary>All, or those that have changed since a change number.</summary>
    public static Task<List<WebhookSubscription>> ListAsync(Session session, long? since, CancellationToken cancellationToken) =>
        (since is { } number ? session.UseIndexed(SelectChanged).With(number) : session.Use(SelectAll)).ListAsync(Read, cancellationToken);

    /// <summary>One more than the page holds, if there are as many.</summary>
    public static Task<List<WebhookSubscription>> ListAsync(Session session, SubscriptionQuery query, CancellationToken cancellationToken)
    {
        var command = session.UseIndexed(query.AllTenants ? SelectPageOfAll : SelectPageOfTenant).With(query.After ?? "").With((short?)query.Status).With(query.Limit + 1L)
            .With(string.IsNullOrEmpty(query.Search) ? null : query.Search);
        return (query.AllTenants ? command : command.With(Columns.OfTenant(query.TenantId))).ListAsync(Read, cancellationToken);
    }

    /// <summary>Adds one.</summary>
    /// <returns>Whether its id was free.</returns>
    public static async Task<bool> TryAddAsync(Session session, WebhookSubscription subscription, CancellationToken cancellationToken) =>
        await Bind(session.Use(Insert), subscription).RunAsync(cancellationToken) > 0;

    /// <summary>Replaces one.</summary>
    public static Task ReplaceAsync(Session session, WebhookSubscription subscription, CancellationToken cancellationToken) =>
        Bind(session.UseIndexed(Update), subscription).RunAsync(cancellationToken);

    public static Task SetFailingSinceAsync(Session session, string id, DateTimeOffset? failingSince, CancellationToken cancellationToken) => session
        .UseIndexed("UPDATE ~.webhook_subscription SET failing_since = $2 WHERE id = $1 AND failing_since IS DISTINCT FROM $2")
        .With(id).With(Columns.OfTime(failingSince)).RunAsync(cancellationToken);

    private static Command Bind(Command command, WebhookSubscription subscription) => command
        .With(subscription.Id)
        .With(Columns.OfTenant(subscription.TenantId))
        .With(subscription.Version)
        .With(subscription.Name)
        .With(subscription.Url.OriginalString)
        .With(StoredJson.OfList(subscription.EventTypes))
        .With(subscription.Filter?.ToJson())
        .With(subscription.Profile)
        .With(StoredJson.OfMap(subscription.Settings))
        .With(StoredJson.OfSecrets(subscription.Secrets))
        .With(StoredJson.OfMap(subscription.Headers))
        .With(subscription.HttpClient)
        .With(subscription.Batching?.MaxEvents)
        .With(subscription.Batching?.MaxBytes)
        .With(subscription.Batching?.MaxDelay.Ticks)
        .With((short?)subscription.Order)
        .With(subscription.MaxConcurrency)
        .With(subscription.RateLimit?.Requests)
        .With(subscription.RateLimit?.Per.Ticks)
        .With((short?)subscription.Status)
        .With(subscription.StatusReason)
        .With(Columns.OfTime(subscription.StatusChangedAt))
        .With(Columns.OfTime(subscription.FailingSince))
        .With(Columns.OfTime(subscription.CreatedAt))
        .With(Columns.OfTime(subscription.UpdatedAt));

    private static WebhookSubscription Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        TenantId = Columns.ToTenant(row.GetString(1)),
        Version = row.GetInt64(2),
        Name = row.TextOrNull(3),
        Url = new Uri(row.GetString(4)),
        EventTypes = StoredJson.ToList(row.GetString(5)),
        Filter = row.TextOrNull(6) is { } filter ? WebhookFilter.Parse(filter) : null,
        Profile = row.GetString(7),
        Settings = ReadMap(row.GetString(8)),
        Secrets = StoredJson.ToSecrets(row.GetString(9)),
        Headers = ReadMap(row.GetString(10)),
        HttpClient = row.TextOrNull(11),
        Batching = row.IntOrNull(12) is { } events
            ? new BatchingOptions { MaxEvents = events, MaxBytes = row.GetInt32(13), MaxDelay = TimeSpan.FromTicks(row.GetInt64(14)) }
            : null,
        Order = (DeliveryOrder)row.GetInt16(15),
        MaxConcurrency = row.IntOrNull(16),
        RateLimit = row.IntOrNull(17) is { } requests ? new RateLimit(requests, TimeSpan.FromTicks(row.GetInt64(18))) : null,
        Status = (SubscriptionStatus)row.GetInt16(19),
        StatusReason = row.TextOrNull(20),
        StatusChangedAt = Columns.ToTime(row.LongOrNull(21)),
        FailingSince = Columns.ToTime(row.LongOrNull(22)),
        CreatedAt = Columns.ToTime(row.GetInt64(23)),
        UpdatedAt = Columns.ToTime(row.GetInt64(24)),
    };

    private static IReadOnlyDictionary<string, string> ReadMap(string json) =>
        json == "{}" ? FrozenDictionary<string, string>.Empty : StoredJson.ToMap(json);
}
