using NUnit.Framework;
using WebhookKit.Storage.InMemory;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Docs;

// snippet: store-fixture
public sealed class AcmeStoreFixture : StoreFixture
{
    private readonly ManualTimeProvider _clock = new();

    public AcmeStoreFixture() => Store = AcmeStore.CreateEmpty(_clock);

    public override IWebhookStore Store { get; }

    public override ValueTask AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return ValueTask.CompletedTask;
    }
}
// end snippet

// snippet: store-tests
public sealed class AcmeStoreTests
{
    [TestCaseSource(typeof(StoreContract), nameof(StoreContract.Cases))]
    public Task Store(StoreContractCase contractCase) => contractCase.RunAsync(() => Task.FromResult<StoreFixture>(new AcmeStoreFixture()));
}
// end snippet

/// <summary>Stands for a store of the reader's own.</summary>
internal static class AcmeStore
{
    public static IWebhookStore CreateEmpty(TimeProvider clock) => new InMemoryWebhookStore(new InMemoryStoreOptions { PartitionCount = 1 }, clock);
}
