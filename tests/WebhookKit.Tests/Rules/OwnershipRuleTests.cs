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

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.PerKey)]
    [TestCase(DeliveryOrder.Strict)]
    public async Task Attempt_WaitedUntilTheLeaseEndsBeforeItsDeadline_IsNotStarted(DeliveryOrder order)
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync(s => s with { Order = order });
        for (var i = 1; i <= 2; i++) await harness.PublishAsync(i, new PublishOptions { EventId = $"{i}", OrderingKey = "k" });

        // Between the lane's turn and its request: the store answers late, or the process was paused.
        var isAway = false;
        store.Before = method =>
        {
            if (isAway && method == nameof(IDeliveryQueue.HeartbeatAsync)) throw new WebhookStoreException("The store is away.");
        };
        store.After = method =>
        {
            if (method != nameof(ISubscriptionStore.ListFailingAsync)) return;
            isAway = true;
            harness.Clock.Advance(TimeSpan.FromSeconds(46));
        };
        await harness.DrainAsync();
        isAway = false;
        Assert.That(harness.Requests, Is.Empty, "14 of the lease's 60 seconds are left, an attempt may take 15");

        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        string[] sent = [.. harness.Requests.Select(r => r.MessageId())];
        Assert.That(order == DeliveryOrder.None ? [.. sent.Order()] : sent, Is.EqualTo((string[])["1", "2"]));
        Assert.That(await harness.DeliveriesAsync(), Has.All.Property("AttemptCount").EqualTo(1).And.All.Property("Status").EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task Attempt_PartitionWasLostAndTakenAgainWhileItWaited_IsNotStartedUnderTheOldNumber()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        await harness.PublishAsync();
        var owner = harness.Services.GetRequiredService<PartitionOwner>();
        var node = harness.Services.GetRequiredService<NodeIdentity>().Id;
        var waited = false;
        store.Wait = async method =>
        {
            if (method != nameof(ISubscriptionStore.ListFailingAsync) || waited) return;
            waited = true;
            await store.LeaveAsync(node, default);
            await store.HeartbeatAsync("other", TimeSpan.FromMinutes(1), default);
            await store.AcquireAsync("other", [.. Enumerable.Range(0, store.PartitionCount)], TimeSpan.FromMinutes(1), default);
            await store.LeaveAsync("other", default);
            await owner.RenewAsync(default);
        };
        await harness.DrainAsync();

        Assert.That(waited, Is.True);
        Assert.That(harness.Requests, Has.Count.EqualTo(1), "its outcome would have been refused, and it would have been sent again");
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [TestCase(nameof(IDeliveryQueue.AcquireAsync))]
    [TestCase(nameof(IDeliveryQueue.ReleaseAsync))]
    public async Task Renew_RestOfTheRoundFails_WhatTheHeartbeatRenewedIsKept(string failing)
    {
        FaultyStore store = null!;
        await using var background = await BackgroundEngine.StartAsync(webhooks =>
        {
            Engine.WithStore(s => store = s)(webhooks);
            webhooks.Services.Configure<WebhookOptions>(o => o.NodeId = "this");
        });
        var owned = background.Services.GetRequiredService<OwnedPartitions>();
        await background.AdvanceUntilAsync(() => owned.OwnsAll);

        // A partition to take, and others to give up: in each round one of the two is tried, and fails.
        await store.ReleaseAsync(background.Services.GetRequiredService<NodeIdentity>().Id, [LeaseOn(owned, 0)], default);
        if (failing == nameof(IDeliveryQueue.ReleaseAsync)) await store.HeartbeatAsync("other", TimeSpan.FromHours(1), default);
        var failures = 0;
        store.Before = method =>
        {
            if (method != failing) return;
            failures++;
            throw new WebhookStoreException("The store is away.");
        };
        await background.AdvanceUntilAsync(() => failures >= 10, TimeSpan.FromSeconds(1));
        var until = background.Clock.GetUtcNow().AddMinutes(3);
        await background.AdvanceUntilAsync(() => background.Clock.GetUtcNow() > until);

        // Longer than a lease lies behind: it goes on with what it has.
        Assert.That(owned.All.Count(owned.Owns), Is.InRange(10, 63));
        store.Before = _ => { };
        if (failing == nameof(IDeliveryQueue.AcquireAsync)) await background.AdvanceUntilAsync(() => owned.OwnsAll);
        else await background.AdvanceUntilAsync(() => store.AcquireAsync("other", AllPartitions(store), TimeSpan.FromHours(1), default).AsTask().Result.Count > 10);
    }

    /// <summary>What a lane holds of a partition that is another's by now would be held for good.</summary>
    [Test]
    public async Task Renew_PartitionLostWhileItWasToBeGivenUp_ItsLanesHoldNothing()
    {
        FaultyStore store = null!;
        await using var background = await BackgroundEngine.StartAsync(Engine.WithStore(s => store = s));
        var owned = background.Services.GetRequiredService<OwnedPartitions>();
        var budget = background.Services.GetRequiredService<BufferBudget>();
        var node = background.Services.GetRequiredService<NodeIdentity>().Id;
        var subscription = await background.Subscriptions.CreateAsync(
            new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"], Batching = new BatchingOptions { MaxDelay = TimeSpan.FromHours(1) } });
        await background.AdvanceUntilAsync(() => owned.OwnsAll);
        await background.Publisher.PublishAsync("a.b", new { });
        await background.AdvanceUntilAsync(() => budget.Count == 1);
        var partition = Partitioner.GetPartition(subscription.Id, store.PartitionCount);

        // Another node is to have it; but a round fails where it takes others, before its lanes are closed, and then the lease is lost.
        var peer = Enumerable.Range(0, 1000).Select(i => $"peer{i}").First(p => PartitionPlan.ShouldOwn(p, [node, p], partition));
        var wanted = AllPartitions(store).First(p => PartitionPlan.ShouldOwn(node, [node, peer], p));
        await store.ReleaseAsync(node, [LeaseOn(owned, wanted)], default);
        await store.HeartbeatAsync(peer, TimeSpan.FromHours(1), default);
        store.Before = method =>
        {
            if (method == nameof(IDeliveryQueue.AcquireAsync)) throw new WebhookStoreException("The store is away.");
        };
        var lease = LeaseOn(owned, partition);
        await background.AdvanceUntilAsync(() => !owned.All.Contains(partition));
        store.Before = _ => { };
        await store.ReleaseAsync(node, [lease], default);
        Assert.That(await store.AcquireAsync(peer, [partition], TimeSpan.FromHours(1), default), Has.Count.EqualTo(1));
        Assert.That(budget.Count, Is.EqualTo(1));

        await background.AdvanceUntilAsync(() => budget.Count == 0);
        Assert.That(budget.Bytes, Is.Zero);
    }

    [Test]
    public async Task Renew_PartitionsGainedBeforeTheRoundFailed_AreSweptAtOnce()
    {
        FaultyStore store = null!;
        await using var background = await BackgroundEngine.StartAsync(webhooks =>
        {
            Engine.WithStore(s => store = s)(webhooks);
            webhooks.Services.Configure<WebhookOptions>(o => o.SweepInterval = TimeSpan.FromMinutes(5));
        });
        var owned = background.Services.GetRequiredService<OwnedPartitions>();
        var subscription = await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        await background.AdvanceUntilAsync(() => owned.OwnsAll);
        var partition = Partitioner.GetPartition(subscription.Id, store.PartitionCount);
        var node = background.Services.GetRequiredService<NodeIdentity>().Id;

        // Another node has it for a moment, and something is published meanwhile; another is alive when it comes back, so that some are to be given up.
        await store.ReleaseAsync(node, [LeaseOn(owned, partition)], default);
        await store.HeartbeatAsync("other", TimeSpan.FromHours(1), default);
        var taken = await store.AcquireAsync("other", [partition], TimeSpan.FromHours(1), default);
        await store.LeaveAsync("other", default);
        owned.Lose(partition, LeaseOn(owned, partition).Fence);
        await background.Publisher.PublishAsync("a.b", new { });
        Assert.That(taken, Has.Count.EqualTo(1));
        var alive = PeerThatLeaves(node, partition);
        await store.HeartbeatAsync(alive, TimeSpan.FromHours(1), default);
        store.Before = method =>
        {
            if (method == nameof(IDeliveryQueue.ReleaseAsync)) throw new WebhookStoreException("The store is away.");
        };

        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 1, TimeSpan.FromMilliseconds(50));
        Assert.That(background.Clock.GetUtcNow(), Is.LessThan(ManualTimeProvider.DefaultStart.AddMinutes(5)));
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

    private static int[] AllPartitions(FaultyStore store) => [.. Enumerable.Range(0, store.PartitionCount)];

    private static PartitionLease LeaseOn(OwnedPartitions owned, int partition)
    {
        owned.TryGet(partition, out var fence, out var remaining);
        return new PartitionLease(partition, fence, remaining);
    }

    /// <summary>A node beside which another one still has a partition.</summary>
    private static string PeerThatLeaves(string node, int partition) =>
        Enumerable.Range(0, 1000).Select(i => $"peer{i}").First(peer => PartitionPlan.ShouldOwn(node, [node, peer], partition));

    private static Task<WebhookTestHarness> StartAsync(string nodeId) => Engine.StartAsync(options: o => o.NodeId = nodeId);
}
