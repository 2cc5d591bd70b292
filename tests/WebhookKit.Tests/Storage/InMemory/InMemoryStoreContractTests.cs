using WebhookKit.Storage.InMemory;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class InMemoryStoreContractTests : StoreContractTests<InMemoryWebhookStore>
{
    protected override Task<StoreFixture> CreateFixtureAsync() => Task.FromResult<StoreFixture>(new Fixture());

    private sealed class Fixture : StoreFixture
    {
        private readonly StoreClock _clock = new();

        public Fixture() => Store = new InMemoryWebhookStore(new InMemoryStoreOptions(), _clock);

        public override IWebhookStore Store { get; }

        public override ValueTask AdvanceAsync(TimeSpan time)
        {
            _clock.Advance(time);
            return ValueTask.CompletedTask;
        }
    }
}
