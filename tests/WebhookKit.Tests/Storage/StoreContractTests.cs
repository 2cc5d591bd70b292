using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Storage;

/// <summary>Runs the published contract against a store. Every store of the library has a subclass, which <see cref="StoreContractCoverageTests"/> checks.</summary>
/// <typeparam name="TStore">The store.</typeparam>
internal abstract class StoreContractTests<TStore>
    where TStore : IWebhookStore
{
    [TestCaseSource(typeof(StoreContract), nameof(StoreContract.Cases))]
    public Task Store(StoreContractCase contractCase) => contractCase.RunAsync(CreateFixtureAsync);

    protected abstract Task<StoreFixture> CreateFixtureAsync();
}
