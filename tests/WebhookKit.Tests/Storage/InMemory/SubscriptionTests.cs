using NUnit.Framework;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>How long deletions are remembered, and what is known of each tenant. The rest is in the contract.</summary>
internal sealed class SubscriptionTests : InMemoryStoreTestBase
{
    [Test]
    public async Task ReadChanges_DeletionForgotten_IsWhole()
    {
        var store = new InMemoryWebhookStore(Options, Clock, maxDeleted: 2);
        var kept = await store.AddSubscriptionAsync(Subscription("kept"), default);
        var known = await AddAllAsync(store, "a", "b", "c");
        foreach (var id in new[] { "a", "b", "c" })
            await store.DeleteSubscriptionAsync(id, Now, default);

        var old = await store.ReadChangesAsync(known, default);
        Assert.That((old.IsWhole, old.Version, old.Deleted.Count), Is.EqualTo((true, known + 3, 0)));
        Assert.That(old.Changed, Is.EqualTo(new[] { kept }));

        var recent = await store.ReadChangesAsync(known + 1, default);
        Assert.That((recent.IsWhole, recent.Changed.Count), Is.EqualTo((false, 0)));
        Assert.That(recent.Deleted, Is.EqualTo(new[] { "b", "c" }));
    }

    [Test]
    public async Task ReadChanges_DeletedAndMadeAgain_IsNotForgotten()
    {
        var store = new InMemoryWebhookStore(Options, Clock, maxDeleted: 1);
        var known = await AddAllAsync(store, "a", "b");
        await store.DeleteSubscriptionAsync("a", Now, default);
        var again = await store.AddSubscriptionAsync(Subscription("a"), default);
        await store.DeleteSubscriptionAsync("b", Now, default);

        var changes = await store.ReadChangesAsync(known, default);

        Assert.That(changes.IsWhole, Is.False);
        Assert.That(changes.Changed, Is.EqualTo(new[] { again }));
        Assert.That(changes.Deleted, Is.EqualTo(new[] { "b" }));
        Assert.That(await store.GetSubscriptionAsync("a", default), Is.EqualTo(again));
    }

    [Test]
    public async Task Publish_ChangeInAnotherTenant_IsStored()
    {
        var own = await Store.AddSubscriptionAsync(Subscription("own", "t"), default);
        await Store.AddSubscriptionAsync(Subscription("other", "u"), default);
        await Store.AddSubscriptionAsync(Subscription("of none"), default);

        Assert.That(await PublishAsync(Store, "t", own!.Version), Is.EqualTo(EventWriteStatus.Stored));
        Assert.That(await PublishAsync(Store, "u", own.Version), Is.EqualTo(EventWriteStatus.Stale));
        Assert.That(await PublishAsync(Store, null, own.Version), Is.EqualTo(EventWriteStatus.Stale));
        Assert.That(await PublishAsync(Store, "v", own.Version), Is.EqualTo(EventWriteStatus.Stored));
    }

    [Test]
    public async Task Publish_ChangeOfATenantForgotten_IsStale()
    {
        var store = new InMemoryWebhookStore(Options, Clock, maxDeleted: 1);
        var first = await store.AddSubscriptionAsync(Subscription("a", "t"), default);
        await store.DeleteSubscriptionAsync("a", Now, default);
        await AddAllAsync(store, "b");
        await store.DeleteSubscriptionAsync("b", Now, default);

        Assert.That(await PublishAsync(store, "t", first!.Version), Is.EqualTo(EventWriteStatus.Stale), "what is forgotten may have changed");
        Assert.That(await PublishAsync(store, "t", first.Version + 1), Is.EqualTo(EventWriteStatus.Stored));
    }

    private static async Task<long> AddAllAsync(InMemoryWebhookStore store, params string[] ids)
    {
        long version = 0;
        foreach (var id in ids)
            version = (await store.AddSubscriptionAsync(Subscription(id), default))!.Version;
        return version;
    }

    private async Task<EventWriteStatus> PublishAsync(InMemoryWebhookStore store, string? tenant, long version) =>
        (await store.PublishAsync([new EventWrite(Event("e", tenant), [], version) { PublishedAt = Now }], null, default)).Single().Status;
}
