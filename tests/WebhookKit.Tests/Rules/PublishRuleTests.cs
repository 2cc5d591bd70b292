using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace WebhookKit.Tests.Rules;

/// <summary>Rules 1 and 2: what a returned or failed publish means, and which subscriptions it sees.</summary>
public sealed class PublishRuleTests
{
    [Test]
    public async Task PublishAsync_Returned_EventAndDeliveriesAreStored()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        await harness.SubscribeAsync();
        var receipt = await harness.PublishAsync();

        Assert.That(receipt.Deliveries, Is.EqualTo(2));
        Assert.That(await harness.DeliveriesAsync(), Has.Count.EqualTo(2).And.All.Property("EventId").EqualTo(receipt.EventId));
    }

    [Test]
    public async Task PublishAsync_StoreIsSlow_ReturnsOnlyOnceItIsStored()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        var gate = new TaskCompletionSource();
        store.Wait = method => method == nameof(IDeliveryQueue.PublishAsync) ? gate.Task : Task.CompletedTask;

        var publishing = harness.PublishAsync().AsTask();
        Assert.That(publishing.IsCompleted, Is.False);
        gate.SetResult();
        var receipt = await publishing;
        Assert.That((await harness.DeliveryAsync()).EventId, Is.EqualTo(receipt.EventId));
    }

    [Test]
    public async Task PublishManyAsync_OfTwoTenantsOneOfWhichHasChanged_StoresAllAtOnce()
    {
        await using var harness = await Engine.StartAsync();
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        var known = await harness.Subscriptions.CreateAsync(Subscription("a"));

        // Another node adds one, of which this one's index does not know yet.
        await store.AddSubscriptionAsync(known with { Id = "other", TenantId = "b" }, default);
        var receipts = await harness.Publisher.PublishManyAsync([Event("a"), Event("b")]);

        Assert.That(receipts.Select(r => (r.Deliveries, r.IsDuplicate)), Is.EqualTo(new[] { (1, false), (1, false) }));

        static NewWebhookSubscription Subscription(string tenantId) => new() { TenantId = tenantId, Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] };
        static WebhookEvent Event(string tenantId) => new() { TenantId = tenantId, Type = "order.paid", Data = "{}"u8.ToArray() };
    }

    [Test]
    public async Task PublishAsync_StoreFails_ThrowsAndNothingIsStored()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        store.Before = method => ThrowIf(method == nameof(IDeliveryQueue.PublishAsync));
        Assert.That(async () => await harness.PublishAsync(), Throws.TypeOf<IOException>());

        store.Before = _ => { };
        await harness.DrainAsync();
        Assert.That(await harness.DeliveriesAsync(), Is.Empty);
        Assert.That(harness.Requests, Is.Empty);
    }

    [Test]
    public async Task PublishAsync_AnswerOfTheStoreIsLost_PublishingAgainWithItsIdIsADuplicate()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        var fails = true;
        store.After = method => ThrowIf(method == nameof(IDeliveryQueue.PublishAsync) && fails);
        Assert.That(async () => await harness.PublishAsync(options: new PublishOptions { EventId = "once" }), Throws.TypeOf<IOException>());

        fails = false;
        var receipt = await harness.PublishAsync(options: new PublishOptions { EventId = "once" });
        await harness.DrainAsync();
        Assert.Multiple(() =>
        {
            Assert.That(receipt, Is.EqualTo(new PublishReceipt("once", 1, IsDuplicate: true)));
            Assert.That(harness.Requests, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task PublishAsync_SubscriptionStoredByAnotherNode_IsMatched()
    {
        await using var harness = await Engine.StartAsync();
        var known = await harness.SubscribeAsync();
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        await store.AddSubscriptionAsync(known with { Id = "from-another-node" }, default);

        var receipt = await harness.PublishAsync();
        Assert.That(receipt.Deliveries, Is.EqualTo(2));
    }

    [Test]
    public async Task PublishAsync_SubscriptionDisabledByAnotherNode_IsNotMatched()
    {
        await using var harness = await Engine.StartAsync();
        var known = await harness.SubscribeAsync();
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        await store.UpdateSubscriptionAsync(known with { Status = SubscriptionStatus.Disabled }, default);

        Assert.That((await harness.PublishAsync()).Deliveries, Is.Zero);
    }

    [Test]
    public async Task PublishAsync_SubscriptionsKeepChanging_EachPublishSeesThoseBeforeIt()
    {
        await using var harness = await Engine.StartAsync();
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        var template = await harness.SubscribeAsync();
        for (var i = 0; i < 50; i++)
        {
            await store.AddSubscriptionAsync(template with { Id = $"n{i}" }, default);
            Assert.That((await harness.PublishAsync()).Deliveries, Is.EqualTo(i + 2));
        }
    }

    [Test]
    public async Task PublishManyAsync_ADuplicateFirstAndSubscriptionsHaveChanged_TheOthersAreMatchedAgain()
    {
        await using var harness = await Engine.StartAsync();
        var known = await harness.SubscribeAsync();
        await harness.PublishAsync(options: new PublishOptions { EventId = "known" });
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        await store.AddSubscriptionAsync(known with { Id = "from-another-node" }, default);

        string[] ids = ["known", "fresh"];
        var receipts = await harness.Publisher.PublishManyAsync(ids.Select(id => new WebhookEvent { Id = id, Type = "a.b", Data = "{}"u8.ToArray() }));
        Assert.That(receipts.Select(r => (r.EventId, r.Deliveries, r.IsDuplicate)), Is.EqualTo(new[] { ("known", 1, true), ("fresh", 2, false) }));
    }

    [Test]
    public async Task PublishAsync_SubscriptionsChangeWithEachTry_GivesUpAndStoresNothing()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        var template = await harness.SubscribeAsync();
        var tries = 0;
        store.Wait = async method =>
        {
            if (method == nameof(IDeliveryQueue.PublishAsync) && tries++ < 100) await store.AddSubscriptionAsync(template with { Id = $"n{tries}" }, default);
        };
        Assert.That(async () => await harness.PublishAsync(), Throws.TypeOf<WebhookConflictException>());
        Assert.That(await harness.DeliveriesAsync(), Is.Empty);
    }

    private static void ThrowIf(bool fails)
    {
        if (fails) throw new IOException("The store is away.");
    }

    [Test]
    public async Task PublishAsync_AttributesChangedLater_EventKeepsItsOwn()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { Filter = WebhookFilter.Attribute("source").EqualTo("api") });
        await harness.Subscriptions.DisableAsync(subscription.Id);
        var attributes = new Dictionary<string, string> { ["source"] = "api" };
        await harness.PublishAsync(1, new PublishOptions { Attributes = attributes });
        await harness.Publisher.PublishAsync(new WebhookEvent { Type = "a.b", Data = "{}"u8.ToArray(), Attributes = attributes });
        attributes["source"] = "another";
        await harness.Subscriptions.EnableAsync(subscription.Id);
        Assert.That(await harness.Deliveries.RecoverAsync(subscription.Id, DateTimeOffset.MinValue), Is.EqualTo(2));
    }
}
