using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.Testing;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>As it is, and with each delivery in a run that may be in one.</summary>
[TestFixture(PostgreSqlWebhookStore.LeastRun)]
[TestFixture(1)]
internal sealed class PostgreSqlStoreContractTests(int leastRun) : StoreContractTests<PostgreSqlWebhookStore>
{
    [OneTimeSetUp]
    public void RequireServer() => PostgresTests.Require();

    protected override async Task<StoreFixture> CreateFixtureAsync() => new Fixture(await SharedPostgres.CreateSchemaAsync(), leastRun);

    /// <summary>A schema of its own in a database that all share.</summary>
    private sealed class Fixture : StoreFixture
    {
        private readonly PostgresSchema _schema;
        private readonly PostgreSqlWebhookStore _store;

        public Fixture(PostgresSchema schema, int leastRun)
        {
            _schema = schema;
            _store = new PostgreSqlWebhookStore(
                new PostgreSqlStoreOptions { ConnectionString = schema.ConnectionString + ";Maximum Pool Size=4", Schema = schema.Name },
                TimeProvider.System,
                leastRun: leastRun);
        }

        public override IWebhookStore Store => _store;

        /// <summary>The clock is the database's: instead of moving it forward, the leases are moved back.</summary>
        public override async ValueTask AdvanceAsync(TimeSpan time)
        {
            foreach (var table in (string[])["webhook_node", "webhook_partition"])
                await PostgresSql.ExecuteAsync(_schema.ConnectionString, $"UPDATE {_schema.Name}.{table} SET until = until - interval '{time.TotalSeconds} seconds'");
        }

        public override async ValueTask DisposeAsync()
        {
            await _store.DisposeAsync();
            await _schema.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
