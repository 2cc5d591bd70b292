using NUnit.Framework;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>A server that has lost its last changes of subscriptions, as after a fail-over to one that had not got them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlLostChangesTests : PostgreSqlFixture
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    /// <summary>Numbers are given a second time: a node that knew the first ones never learnt of what was changed under the second ones.</summary>
    [Test]
    public async Task ReadChangesAsync_NumbersHaveGoneBack_TellsOfAll()
    {
        await using var store = CreateStore();
        await store.InitializeAsync(default);
        await store.AddSubscriptionAsync(Subscription("kept"), default);
        await store.AddSubscriptionAsync(Subscription("lost"), default);
        await store.AddSubscriptionAsync(Subscription("lost-too"), default);
        var known = (await store.ReadChangesAsync(0, default)).Version;
        await ExecuteAsync($"DELETE FROM {Schema.Name}.webhook_subscription WHERE version > 1; UPDATE {Schema.Name}.webhook_info SET change_number = 1");
        await store.AddSubscriptionAsync(Subscription("newer"), default);

        var changes = await store.ReadChangesAsync(known, default);

        Assert.That(changes.IsWhole, Is.True);
        Assert.That(changes.Changed.Select(s => s.Id), Is.EquivalentTo(new[] { "kept", "newer" }));
    }

    private static WebhookSubscription Subscription(string id) => new() { Id = id, Url = new Uri("https://example.com/hooks"), EventTypes = ["*"], CreatedAt = Now, UpdatedAt = Now };
}
