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

    private static Task<WebhookTestHarness> StartAsync(string nodeId) => Engine.StartAsync(options: o => o.NodeId = nodeId);
}
