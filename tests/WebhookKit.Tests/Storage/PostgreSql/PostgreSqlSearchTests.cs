using NUnit.Framework;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Searching in a database whose locale has small letters of its own.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlSearchTests : PostgreSqlFixture
{
    [TestCase("info", ExpectedResult = true)]
    [TestCase("Hit", ExpectedResult = true)]
    [TestCase("hot", ExpectedResult = false)]
    public async Task<bool> ListSubscriptionsAsync_Turkish_FindsLettersOfAscii(string search)
    {
        await using var store = CreateStore();
        await store.InitializeAsync(default);
        await ExecuteAsync($"ALTER TABLE {Schema.Name}.webhook_subscription ALTER name TYPE text COLLATE \"tr-x-icu\", ALTER url TYPE text COLLATE \"tr-x-icu\"");
        await store.AddSubscriptionAsync(new WebhookSubscription { Id = "s", Name = "INFO", Url = new Uri("https://example.com/HIT") }, default);

        return (await store.ListSubscriptionsAsync(new SubscriptionQuery { Search = search }, default)).Items.Count > 0;
    }
}
