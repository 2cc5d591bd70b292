using NUnit.Framework;
using SQLitePCL;
using WebhookKit.Sqlite;
using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Tests.Storage.Sqlite;

/// <summary>How many steps SQLite's machine takes: what is not asked for is not gone through, however much there is.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteStepTests : IDisposable
{
    private const int Many = 5_000;

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task FindFailed_ManyHaveFailedBefore_LooksAtThoseSinceOnly()
    {
        var database = await OpenAsync();
        using var session = new SqliteSession(database, isOwn: true);
        session.RunScript($$"""
            WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{Many}} + 2)
            INSERT INTO webhook_event (seq, id, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, first_deliveries, kept_deliveries, content_type, data)
            SELECT i, 'e' || i, '', 'a.b', 0, 0, 0, 0, 1, 1, 'application/json', '{}' FROM n;
            INSERT INTO webhook_delivery (event_seq, subscription_id, id, status, due_at, created_at, completed_at, attempt_count, schedule_base)
            SELECT seq, 's', CAST(printf('%016d', seq) AS BLOB), 2 + seq % 2, 0, {{Now.Ticks}} + seq - {{Many}} - 1, 0, 1, 0 FROM webhook_event;
            """);

        var steps = Count(database, () =>
            Assert.That(DeliveryLists.FindFailed(session, "s", Now, 500).Select(f => f.Delivery.EventId), Is.EqualTo([$"e{Many + 1}", $"e{Many + 2}"])));

        Assert.That(steps, Is.LessThan(Many));
    }

    [Test]
    public async Task Purge_ManyTextsThatAreKept_LooksAtTheOldOnesOnly()
    {
        var database = await OpenAsync();
        using var session = new SqliteSession(database, isOwn: true);
        session.RunScript($$"""
            WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{Many}})
            INSERT INTO webhook_batch_text (started_at, response_body) SELECT {{Now.Ticks}} + i - 3, 'ok' FROM n;
            """);
        var query = new PurgeQuery { SucceededBefore = Now, FailedBefore = Now, AttemptsBefore = Now, EventsBefore = Now, Limit = 500 };

        var steps = Count(database, () => Assert.That(Purge.Step(session, query), Is.EqualTo(2)));

        Assert.That(steps, Is.LessThan(Many));
    }

    private static int Count(sqlite3 database, Action work)
    {
        var steps = 0;
        raw.sqlite3_progress_handler(database, 1, GoOn, null);
        work();
        return steps;

        int GoOn(object ofNobody)
        {
            steps++;
            return 0;
        }
    }

    private async Task<sqlite3> OpenAsync()
    {
        using (var store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = _folder.ConnectionString }, TimeProvider.System))
            await store.InitializeAsync(default);
        Assert.That(raw.sqlite3_open(_folder.Database, out var database), Is.EqualTo(raw.SQLITE_OK));
        return database;
    }
}
