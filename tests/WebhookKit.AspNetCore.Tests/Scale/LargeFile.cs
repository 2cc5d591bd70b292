using System.Globalization;
using SQLitePCL;
using WebhookKit.Sqlite;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Scale;

/// <summary>A database with many webhooks and deliveries, made by plain SQL.</summary>
internal sealed class LargeFile : IDisposable
{
    public const int Webhooks = 10_000;

    /// <summary>A tenant with one webhook, whose one delivery is older than all others.</summary>
    public const string SmallTenant = "t2";
    public const string Tenant = "t1";

    private readonly TempFolder _folder = new();

    public string ConnectionString => _folder.ConnectionString;

    /// <summary>Of each webhook there are as many as of every other: the first is one of them.</summary>
    public static string WebhookId(int number) => string.Create(CultureInfo.InvariantCulture, $"1{number:00000}");

    public static async Task<LargeFile> CreateAsync(int deliveries)
    {
        var file = new LargeFile();
        using (var store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = file.ConnectionString }, TimeProvider.System))
            await store.InitializeAsync(default);
        using var session = file.Open();
        session.RunScript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN;");
        session.RunScript(CreateScript(deliveries, ManualTimeProvider.DefaultStart));
        session.RunScript("COMMIT; PRAGMA journal_mode = WAL;");
        return file;
    }

    /// <summary>A connection of the test's own, by which it can ask what its statements did.</summary>
    public SqliteSession Open()
    {
        var code = raw.sqlite3_open(ConnectionString["Data Source=".Length..], out var database);
        Assert.That(code, Is.EqualTo(raw.SQLITE_OK));
        database.enable_sqlite3_next_stmt(true);
        Database = database;
        return new SqliteSession(database, isOwn: true);
    }

    /// <summary>The connection that was opened last.</summary>
    public sqlite3? Database { get; private set; }

    public void Dispose() => _folder.Dispose();

    /// <summary>Deliveries over thirty days, newest last. Most have succeeded; of each hundred one is pending and two have failed.</summary>
    private static string CreateScript(int deliveries, DateTimeOffset now)
    {
        var (start, step) = (now.AddDays(-30).Ticks, TimeSpan.FromDays(30).Ticks / deliveries);
        const string subscription = """
            INSERT INTO webhook_subscription (id, tenant_id, version, name, url, event_types, profile, settings, secrets, headers, delivery_order, status, created_at, updated_at)
            """;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{Webhooks}})
            {{subscription}}
            SELECT printf('1%05d', i - 1), '{{Tenant}}', i, 'Webhook ' || i, 'https://example.com/hooks/' || i, '["subscriber.created"]', 'StandardWebhooks', '{}',
                '[{"value":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}]', '{}', 0, CASE WHEN i % 50 = 0 THEN 2 ELSE 0 END, {{start}}, {{start}} FROM n;
            {{subscription}}
            VALUES ('2', '{{SmallTenant}}', {{Webhooks + 1}}, NULL, 'https://example.com/small', '["subscriber.created"]', 'StandardWebhooks', '{}',
                '[{"value":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}]', '{}', 0, 0, {{start}}, {{start}});
            UPDATE webhook_info SET change_number = {{Webhooks + 1}};

            WITH n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{deliveries}})
            INSERT INTO webhook_event (seq, id, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, first_deliveries, kept_deliveries, content_type, data)
            SELECT i, printf('evt_%08d', i), CASE i WHEN 0 THEN '{{SmallTenant}}' ELSE '{{Tenant}}' END,
                CASE WHEN i = 1 THEN 'subscriber.bounced' WHEN i % 10 = 0 THEN 'subscriber.updated' ELSE 'subscriber.created' END,
                {{start}} + i * {{step}}, 0, {{start}} + i * {{step}}, 0, 1, 1, 'application/json', CAST('{"id":"' || i || '"}' AS BLOB) FROM n;

            WITH n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{deliveries}}),
            d (i, at, subscription_id, status) AS (
                SELECT i, {{start}} + i * {{step}}, CASE i WHEN 0 THEN '2' ELSE printf('1%05d', i % {{Webhooks}}) END,
                    CASE (i / {{Webhooks}} + i) % 100 WHEN 0 THEN 0 WHEN 1 THEN 2 WHEN 2 THEN 3 WHEN 3 THEN 4 ELSE 1 END FROM n)
            INSERT INTO webhook_delivery (event_seq, subscription_id, id, status, due_at, created_at, completed_at, attempt_count, schedule_base, last_outcome,
                last_status_code, attempt_started_at, attempt_duration, attempt_batch_size, attempt_outcome, attempt_status_code)
            SELECT i, subscription_id, CAST(printf('%016d', i) AS BLOB), status, at, at, CASE status WHEN 0 THEN NULL ELSE at END, 1, 0, CASE status WHEN 1 THEN 0 ELSE 1 END,
                CASE status WHEN 1 THEN 200 ELSE 500 END, at, 1000000, 1, CASE status WHEN 1 THEN 0 ELSE 1 END, CASE status WHEN 1 THEN 200 ELSE 500 END FROM d;

            {{CreateStatistics(300, 24 * 12, 12, now)}}
            {{CreateStatistics(3600, 24, 1, now)}}
            {{CreateStatistics(86400, 30, 1, now)}}
            """);
    }

    /// <summary>Rows of each webhook in every so many spans, and of the tenant in each.</summary>
    private static string CreateStatistics(int seconds, int spans, int every, DateTimeOffset now)
    {
        const string insert = "INSERT INTO webhook_statistics (tenant_id, span, subscription_id, at, delivered, failed_attempts, gave_up, last_attempt_at, max_latency, latencies)";
        var ticks = TimeSpan.FromSeconds(seconds).Ticks;
        const string values = "3, 1, 0, at, 2000000, x'0000000001000102'";
        return string.Create(CultureInfo.InvariantCulture, $"""
            WITH w (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM w WHERE i < {Webhooks - 1}), n (at) AS (
                SELECT {now.Ticks} - {spans} * {ticks} UNION ALL SELECT at + {ticks} * {every} FROM n WHERE at < {now.Ticks} - {ticks} * {every})
            {insert} SELECT '{Tenant}', {seconds}, printf('1%05d', i), at, {values} FROM w CROSS JOIN n;
            WITH n (at) AS (SELECT {now.Ticks} - {spans} * {ticks} UNION ALL SELECT at + {ticks} FROM n WHERE at < {now.Ticks} - {ticks})
            {insert} SELECT '{Tenant}', {seconds}, '', at, {values} FROM n;
            """);
    }
}
