using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.FanOut;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlFanOutTests : FanOutTests
{
    /// <summary>With its entries in all indexes, and with room for pages half full; a tenth of the data.</summary>
    private const int RowBytes = 2_000;

    private PostgresSchema? _schema;

    [SetUp]
    public async Task CreateSchemaAsync() => _schema = await PostgresTests.CreateSchemaAsync();

    [TearDown]
    public async Task DropSchemaAsync() => await (_schema?.DisposeAsync() ?? default);

    [Test]
    public async Task Stored_ForMany_DataIsInTheTablesOnce()
    {
        long before = 0;
        await StoreAsync(async () => before = await BytesAsync());
        Assert.That(await ScalarAsync($"SELECT count(*) FROM {_schema!.Name}.webhook_delivery"), Is.EqualTo(Subscriptions));
        Assert.That(await ScalarAsync($"SELECT count(*) FROM {_schema.Name}.webhook_event WHERE length(data) > {DataBytes}"), Is.EqualTo(1));

        // Of everything that the tables hold, whichever column it stood in. (Random digits are made a little smaller.)
        Assert.That(await BytesAsync() - before, Is.LessThan((2 * DataBytes) + (Subscriptions * RowBytes)).And.GreaterThan(DataBytes / 2));
    }

    protected override void Configure(IWebhooksBuilder webhooks) => webhooks.UsePostgreSql(_schema!.ConnectionString, o => o.Schema = _schema.Name);

    /// <summary>Without the maps that a vacuum adds, which comes when it likes.</summary>
    private Task<long> BytesAsync() => ScalarAsync($"""
        SELECT sum(pg_relation_size(r.oid, 'main'))::bigint FROM pg_class t CROSS JOIN LATERAL (
            SELECT t.oid UNION ALL SELECT t.reltoastrelid WHERE t.reltoastrelid <> 0 UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid IN (t.oid, t.reltoastrelid)
        ) r WHERE t.relkind IN ('r', 'p') AND t.relnamespace = '{_schema!.Name}'::regnamespace
        """);

    private Task<long> ScalarAsync(string sql) => PostgresSql.ScalarAsync<long>(_schema!.ConnectionString, sql);
}
