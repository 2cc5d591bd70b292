using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.Testing;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

internal sealed class PostgreSqlStoreContractTests : StoreContractTests<PostgreSqlWebhookStore>
{
    [OneTimeSetUp]
    public void RequireServer() => PostgresTests.Require();

    /// <summary>The same with each delivery in a run that may be in one. Ids are not compared between runs and rows, which these cases are about.</summary>
    [TestCaseSource(nameof(CasesOfRuns))]
    public Task StoreOfRuns(StoreContractCase contractCase) => contractCase.RunAsync(() => CreateFixtureAsync(leastRun: 1));

    protected override Task<StoreFixture> CreateFixtureAsync() => CreateFixtureAsync(PostgreSqlWebhookStore.LeastRun);

    private static IEnumerable<StoreContractCase> CasesOfRuns() => StoreContract.Cases.Where(c => c.Name is not (
        "Publish_FirstDeliveryIdTaken_StoresNothingOfTheCall" or "Publish_LastDeliveryIdOfManyTaken_StoresNothingOfTheCall"
        or "Publish_DeliveryIdTwiceInOneCall_StoresNothingOfTheCall"));

    private static async Task<StoreFixture> CreateFixtureAsync(int leastRun) => new Fixture(await SharedPostgres.CreateSchemaAsync(), leastRun);

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
