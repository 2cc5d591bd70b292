using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>Rule 4: a partition has one owner, and settling with an old fencing number changes nothing.</summary>
public sealed class OwnershipRuleTests
{
    [Test]
    public async Task Settle_PartitionTakenOverDuringTheAttempt_ChangesNothing()
    {
        await using var harness = await StartAsync("this");
        await harness.SubscribeAsync();
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        harness.Receiver.Default.Answer(async (_, _) =>
        {
            // As if this node had been paused past its lease: another one takes everything while the request is under way.
            await store.LeaveAsync(harness.Services.GetRequiredService<NodeIdentity>().Id, default);
            await store.HeartbeatAsync("other", TimeSpan.FromMinutes(1), default);
            await store.AcquireAsync("other", [.. Enumerable.Range(0, store.PartitionCount)], TimeSpan.FromMinutes(1), default);
            return new HttpResponseMessage(System.Net.HttpStatusCode.OK);
        });
        await harness.PublishAsync();
        await harness.DrainAsync();

        var delivery = await harness.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests, Has.Count.EqualTo(1));
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Pending), "the new owner attempts it");
            Assert.That(delivery.AttemptCount, Is.Zero);
        });
    }

    [Test]
    public async Task Dispatch_AnotherNodeOwnsAll_SendsNothing()
    {
        await using var harness = await StartAsync("this");
        await harness.SubscribeAsync();
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        await store.HeartbeatAsync("other", TimeSpan.FromMinutes(1), default);
        await store.AcquireAsync("other", [.. Enumerable.Range(0, store.PartitionCount)], TimeSpan.FromMinutes(1), default);
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That(harness.Requests, Is.Empty);

        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.That(harness.Requests, Has.Count.EqualTo(1), "the dead node's lease has run out");
    }

    [Test]
    public async Task Dispatch_OneOfTwoNodes_SendsItsShareOnly()
    {
        await using var harness = await StartAsync("this");
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        for (var i = 0; i < 40; i++) await harness.SubscribeAsync();
        await store.HeartbeatAsync("other", TimeSpan.FromHours(1), default);
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.InRange(5, 35));

        await store.LeaveAsync("other", default);
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(40), "the rest goes when the other has left");
    }

    [Test]
    public async Task Dispatch_LeaseEndsBeforeTheDeadline_StartsNothing()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        await harness.PublishAsync();

        // The store answers late: 10 of the lease's 60 seconds are left, an attempt may take 15.
        store.After = method =>
        {
            if (method == nameof(IDeliveryQueue.HeartbeatAsync)) harness.Clock.Advance(TimeSpan.FromSeconds(50));
        };
        await harness.DrainAsync();
        Assert.That(harness.Requests, Is.Empty);

        store.After = _ => { };
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Release_AttemptsUnderWay_WaitsUntilTheyAreSettled()
    {
        await using var harness = await StartAsync("this");
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        for (var i = 0; i < 40; i++) await harness.SubscribeAsync();
        harness.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(12), 200);
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That(harness.Receiver.ParkedCount, Is.EqualTo(40));

        // Another node joins: it should have half, but all of them are busy.
        await store.HeartbeatAsync("other", TimeSpan.FromHours(1), default);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(11));
        int[] busy = [.. (await harness.DeliveriesAsync()).Select(d => Partitioner.GetPartition(d.SubscriptionId, store.PartitionCount)).Distinct()];
        Assert.That(await store.AcquireAsync("other", busy, TimeSpan.FromHours(1), default), Is.Empty);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.That(await store.AcquireAsync("other", busy, TimeSpan.FromHours(1), default), Is.Not.Empty, "it has been given its share");
        Assert.That(await harness.DeliveriesAsync(), Has.Count.EqualTo(40).And.All.Property("Status").EqualTo(DeliveryStatus.Succeeded));
        Assert.That(harness.Requests, Has.Count.EqualTo(40), "none is sent twice");
    }

    private static Task<WebhookTestHarness> StartAsync(string nodeId) => Engine.StartAsync(options: o => o.NodeId = nodeId);
}
