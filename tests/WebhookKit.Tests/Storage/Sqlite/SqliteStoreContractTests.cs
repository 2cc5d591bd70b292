using NUnit.Framework;
using WebhookKit.Sqlite;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Testing;
using WebhookKit.Tests.Storage.InMemory;

namespace WebhookKit.Tests.Storage.Sqlite;

internal sealed class SqliteStoreContractTests : StoreContractTests<SqliteWebhookStore>
{
    /// <summary>
    /// The same with each delivery in a run that may be in one. Ids in runs are not compared with others that are stored, which the cases that are left out are about.
    /// </summary>
    [TestCaseSource(nameof(CasesOfRuns))]
    public Task StoreOfRuns(StoreContractCase contractCase) => contractCase.RunAsync(() => Task.FromResult<StoreFixture>(new Fixture(leastRun: 1)));

    protected override Task<StoreFixture> CreateFixtureAsync() => Task.FromResult<StoreFixture>(new Fixture(RunWriter.LeastRun));

    private static IEnumerable<StoreContractCase> CasesOfRuns() => StoreContract.Cases.Where(c => c.Name is not (
        "Publish_FirstDeliveryIdTaken_StoresNothingOfTheCall" or "Publish_LastDeliveryIdOfManyTaken_StoresNothingOfTheCall" or "AddDeliveries_IdTaken_ThrowsAndAddsNothing"));

    private sealed class Fixture : StoreFixture
    {
        private readonly TempFolder _folder = new();
        private readonly StoreClock _clock = new();
        private readonly SqliteWebhookStore _store;

        public Fixture(int leastRun) => _store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = _folder.ConnectionString }, _clock, leastRun: leastRun);

        public override IWebhookStore Store => _store;

        public override ValueTask AdvanceAsync(TimeSpan time)
        {
            _clock.Advance(time);
            return ValueTask.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            _store.Dispose();
            _folder.Dispose();
            await base.DisposeAsync();
        }
    }
}
