using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.Testing;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

internal sealed class PostgreSqlStoreContractTests : StoreContractTests<PostgreSqlWebhookStore>
{
    [OneTimeSetUp]
    public void RequireServer() => PostgresTests.Require();

    /// <summary>
    /// The same with each delivery in a run that may be in one, and each id said to be new, be it so or not. Ids are not compared between runs and rows,
    /// which the cases that are left out are about.
    /// </summary>
    [TestCaseSource(nameof(CasesOfRuns))]
    public Task StoreOfRuns(StoreContractCase contractCase) => contractCase.RunAsync(() => CreateFixtureAsync(leastRun: 1, saysNew: true));

    protected override Task<StoreFixture> CreateFixtureAsync() => CreateFixtureAsync(PostgreSqlWebhookStore.LeastRun, saysNew: false);

    private static IEnumerable<StoreContractCase> CasesOfRuns() => StoreContract.Cases.Where(c => c.Name is not (
        "Publish_FirstDeliveryIdTaken_StoresNothingOfTheCall" or "Publish_LastDeliveryIdOfManyTaken_StoresNothingOfTheCall"
        or "Publish_DeliveryIdTwiceInOneCall_StoresNothingOfTheCall"));

    private static async Task<StoreFixture> CreateFixtureAsync(int leastRun, bool saysNew) => new Fixture(await SharedPostgres.CreateSchemaAsync(), leastRun, saysNew);

    /// <summary>A schema of its own in a database that all share.</summary>
    private sealed class Fixture : StoreFixture
    {
        private readonly PostgresSchema _schema;
        private readonly PostgreSqlWebhookStore _store;

        public Fixture(PostgresSchema schema, int leastRun, bool saysNew)
        {
            _schema = schema;
            _store = new PostgreSqlWebhookStore(
                new PostgreSqlStoreOptions { ConnectionString = schema.ConnectionString + ";Maximum Pool Size=4", Schema = schema.Name },
                TimeProvider.System,
                leastRun: leastRun);
            Store = saysNew ? SayingNew.Over(_store) : _store;
        }

        public override IWebhookStore Store { get; }

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

    /// <summary>Says of every event that its id is new.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "The proxy derives from it when it runs.")]
    private class SayingNew : DispatchProxy
    {
        private IWebhookStore _store = null!;

        public static IWebhookStore Over(IWebhookStore store)
        {
            var proxy = Create<IWebhookStore, SayingNew>();
            ((SayingNew)(object)proxy)._store = store;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IDeliveryQueue.PublishAsync))
                args![0] = ((IReadOnlyList<EventWrite>)args[0]!).Select(static w => w with { HasNewId = true }).ToArray();
            return targetMethod.Invoke(_store, BindingFlags.DoNotWrapExceptions, null, args, null);
        }
    }
}
