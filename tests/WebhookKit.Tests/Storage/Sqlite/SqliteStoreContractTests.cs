using WebhookKit.Sqlite;
using WebhookKit.Testing;
using WebhookKit.Tests.Storage.InMemory;

namespace WebhookKit.Tests.Storage.Sqlite;

internal sealed class SqliteStoreContractTests : StoreContractTests<SqliteWebhookStore>
{
    protected override Task<StoreFixture> CreateFixtureAsync() => Task.FromResult<StoreFixture>(new Fixture());

    private sealed class Fixture : StoreFixture
    {
        private readonly TempFolder _folder = new();
        private readonly StoreClock _clock = new();
        private readonly SqliteWebhookStore _store;

        public Fixture() => _store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = _folder.ConnectionString }, _clock);

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
