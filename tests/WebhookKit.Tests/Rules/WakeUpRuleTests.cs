using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Storage.InMemory;
using WebhookKit.Tests.Diagnostics;

namespace WebhookKit.Tests.Rules;

/// <summary>What one node stores for the lane of another begins at once, not when that one sweeps. All waits are for things that happen without a sweep.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WakeUpRuleTests : IAsyncDisposable
{
    private static readonly WebhookProfile Once = WebhookProfiles.StandardWebhooks with { Name = "once", Retry = RetrySchedule.None };

    private readonly Nodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.Strict)]
    public async Task Publish_AnotherNodeOwnsTheLane_GoesOutAtOnce(DeliveryOrder order)
    {
        var (here, there, id) = await StartTwoAsync(s => s with { Order = order });

        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 1);

        Assert.That(here.Receiver.Requests, Is.Empty);
        Assert.That(Told(), Is.EqualTo(id));
    }

    [Test]
    public async Task Publish_StoreIsTheChannel_IsFoundThere()
    {
        var store = new InMemoryWebhookStore(new InMemoryStoreOptions(), _nodes.Clock);
        await using var provider = new ServiceCollection().AddWebhooks().UseStore(_ => store)
            .UseSecretProtector(_ => Moq.Mock.Of<ISecretProtector>()).Services.BuildServiceProvider();
        await using var none = new ServiceCollection().AddWebhooks().UseStore(_ => _nodes.Store).Services.BuildServiceProvider();

        Assert.That(provider.GetRequiredService<IWakeUpChannel>(), Is.SameAs(store));
        Assert.That(none.GetRequiredService<IWakeUpChannel>().HasListeners, Is.False, "a store that is no channel");
    }

    [Test]
    public async Task Publish_ManyInARow_AreToldTogether()
    {
        var (here, there, id) = await StartTwoAsync();
        for (var i = 0; i < 30; i++) await here.Publisher.PublishAsync("a.b", new { i });
        await _nodes.AdvanceUntilAsync(() => there.Receiver.Requests.Count == 30, TimeSpan.FromMilliseconds(5));

        Assert.That(_nodes.Channel.Sent, Has.Count.InRange(1, 2), "one at once, and one for all that came within the next 20 ms");
        Assert.That(Told(), Is.EqualTo(id));
    }

    [Test]
    public async Task Publish_ManyLanes_IsToldAsEverythingAndSweptOnce()
    {
        var (here, there, _) = await StartTwoAsync();
        string[] ids = [.. Enumerable.Range(0, 2500).Select(i => $"many_{i}").Where(i => _nodes.OwnerOf(i) == there)];
        foreach (var id in ids) await here.Subscriptions.CreateAsync(Subscription(id) with { EventTypes = ["many"] });
        await _nodes.RestAndForgetAsync();
        var sweeps = 0;
        _nodes.Store.Before = method => sweeps += method == nameof(IDeliveryQueue.ListDueLanesAsync) ? 1 : 0;

        for (var i = 0; i < 3; i++)
        {
            await here.Publisher.PublishAsync("many", new { });
            _nodes.Clock.Advance(TimeSpan.FromMilliseconds(30));
        }

        await _nodes.AdvanceUntilAsync(() => there.Receiver.Requests.Count == 3 * ids.Length, TimeSpan.FromMilliseconds(1));
        Assert.That(ids, Has.Length.GreaterThan(WakeNotes.MaxIds));
        Assert.That(_nodes.Channel.Sent.Select(w => w.SubscriptionIds.Count), Is.All.AtMost(WakeNotes.MaxIds));
        Assert.That(_nodes.Channel.Sent.Any(w => w.IsEverything), Is.True);
        Assert.That(sweeps, Is.InRange(1, 4), "each of two nodes sweeps once, and not again within a second");
    }

    [Test]
    public async Task Publish_ThisNodeIsAlone_SendsNothing()
    {
        var alone = await _nodes.StartAsync();
        await alone.Subscriptions.CreateAsync(Subscription("s"));
        await alone.Subscriptions.PauseAsync("s");
        await alone.Subscriptions.EnableAsync("s");
        await alone.Publisher.PublishAsync("a.b", new { });
        await _nodes.UntilAsync(() => alone.Receiver.Requests.Count == 1);
        await alone.Deliveries.RecoverAsync("s", DateTimeOffset.MinValue);
        await _nodes.UntilAsync(() => alone.Receiver.Requests.Count == 1);
        await Task.Yield();

        Assert.That(_nodes.Channel.Sent, Is.Empty);
        Assert.That(_nodes.Channel.HasListeners, Is.True);
    }

    [Test]
    public async Task Publish_FrontEndThatOnlyPublishes_TellsTheOwnerAndDoesNotListen()
    {
        var worker = await _nodes.StartAsync();
        var listenings = _nodes.Channel.Listenings;
        var frontEnd = await _nodes.StartAsync(dispatches: false);
        await frontEnd.Subscriptions.CreateAsync(Subscription("s"));
        await frontEnd.Publisher.PublishAsync("a.b", new { });
        await _nodes.AdvanceUntilAsync(() => worker.Receiver.Requests.Count == 1, TimeSpan.FromMilliseconds(5));

        Assert.That(_nodes.Channel.Listenings, Is.EqualTo(listenings));
    }

    [Test]
    public async Task Publish_PausedSubscription_TellsNobody()
    {
        var (here, _, id) = await StartTwoAsync();
        await here.Subscriptions.PauseAsync(id);
        await _nodes.RestAndForgetAsync();
        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.RestAsync();

        Assert.That(_nodes.Channel.Sent, Is.Empty);
    }

    [Test]
    public async Task Publish_InATransaction_IsToldWhenThatHasEnded()
    {
        var (here, there, id) = await StartTwoAsync();
        await using var transaction = new FakeTransaction();
        await here.Publisher.PublishAsync("a.b", new { }, new PublishOptions { Transaction = transaction });
        _nodes.Clock.Advance(TimeSpan.FromMilliseconds(120));
        Assert.That(_nodes.Channel.Sent, Is.Empty, "it is not committed yet");

        await transaction.CommitAsync();
        _nodes.Clock.Advance(TimeSpan.FromMilliseconds(50));
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 1);

        Assert.That(Told(), Is.EqualTo(id));
    }

    [Test]
    public async Task Publish_ToASubscriptionThatTheOwnerDoesNotKnow_IsLearntAndGoesOut()
    {
        var (here, there, _) = await StartTwoAsync();
        _nodes.Channel.Loses = true;
        var unheardOf = _nodes.IdOwnedBy(there) + "x";
        while (_nodes.OwnerOf(unheardOf) != there) unheardOf += "x";
        await here.Subscriptions.CreateAsync(Subscription(unheardOf) with { EventTypes = ["new"] });
        await _nodes.RestAndForgetAsync();
        _nodes.Channel.Loses = false;

        await here.Publisher.PublishAsync("new", new { });
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 1);

        Assert.That(_nodes.Channel.Sent.Select(w => w.SubscriptionsChanged), Is.All.False, "the test is of the id alone");
    }

    [Test]
    public async Task Disable_OnAnotherNode_StopsTheLane()
    {
        var (here, there, id) = await StartTwoAsync(s => s with { MaxConcurrency = 1 });
        there.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(1), 200);
        for (var i = 0; i < 3; i++) await here.Publisher.PublishAsync("a.b", new { i });
        await _nodes.AdvanceUntilAsync(() => there.Receiver.Requests.Count == 1, TimeSpan.FromMilliseconds(5));

        await here.Subscriptions.DisableAsync(id, "by hand");
        await _nodes.RestAsync();
        _nodes.Clock.Advance(TimeSpan.FromSeconds(5));
        await _nodes.RestAsync();

        Assert.That(there.Receiver.Requests, Has.Count.EqualTo(1));
        Assert.That(_nodes.Channel.Sent.Count(w => w.SubscriptionsChanged), Is.EqualTo(1));
    }

    [Test]
    public async Task Enable_OnAnotherNode_WhatWaitedGoesOut()
    {
        var (here, there, id) = await StartTwoAsync();
        await here.Subscriptions.PauseAsync(id);
        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.RestAndForgetAsync();

        await here.Subscriptions.EnableAsync(id);
        await _nodes.AdvanceUntilAsync(() => there.Receiver.Requests.Count == 1, TimeSpan.FromMilliseconds(5));
    }

    [Test]
    public async Task Subscriptions_EachKindOfChange_IsTold()
    {
        var (here, _, id) = await StartTwoAsync();
        (string Name, Func<Task> Change)[] changes =
        [
            ("create", async () => await here.Subscriptions.CreateAsync(Subscription("new"))),
            ("update", async () => await here.Subscriptions.UpdateAsync((await here.Subscriptions.GetAsync(id))! with { Name = "2" })),
            ("rotate", async () => await here.Subscriptions.RotateSecretAsync(id)),
            ("pause", async () => await here.Subscriptions.PauseAsync(id)),
            ("enable", async () => await here.Subscriptions.EnableAsync(id)),
            ("disable", async () => await here.Subscriptions.DisableAsync(id)),
            ("delete", async () => await here.Subscriptions.DeleteAsync(id)),
        ];
        foreach (var (name, change) in changes)
        {
            await _nodes.RestAndForgetAsync();
            await change();
            await _nodes.UntilAsync(() => _nodes.Channel.Sent.Any(w => w.SubscriptionsChanged));
            Assert.That(_nodes.Channel.Sent, Has.Count.EqualTo(1), name);
        }
    }

    [Test]
    public async Task Start_SubscriptionsDeclared_TheOthersLearnOfThem()
    {
        var first = await _nodes.StartAsync();
        await _nodes.StartAsync(webhooks => webhooks.AddSubscription(Subscription("declared")));
        await _nodes.UntilAsync(() => Knows(first, "declared"));

        var changes = 0;
        _nodes.Channel.Before = wakeUp =>
        {
            changes += wakeUp.SubscriptionsChanged ? 1 : 0;
            return Task.CompletedTask;
        };
        await _nodes.StartAsync(webhooks => webhooks.AddSubscription(Subscription("declared")));
        Assert.That(changes, Is.Zero, "nothing to change");
    }

    [Test]
    public async Task Resend_OnAnotherNode_GoesOutAtOnce()
    {
        var (here, there, id) = await StartTwoAsync(s => s with { Profile = Once.Name });
        await FailOneAsync(here, there);
        var failed = (await here.Deliveries.ListAsync(new DeliveryQuery())).Items.Single();
        await _nodes.RestAndForgetAsync();

        await here.Deliveries.ResendAsync(failed.Id);
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 2);
        Assert.That(Told(), Is.EqualTo(id));
    }

    [Test]
    public async Task Recover_OnAnotherNode_GoesOutAtOnce()
    {
        var (here, there, id) = await StartTwoAsync(s => s with { Profile = Once.Name });
        await FailOneAsync(here, there);
        await _nodes.RestAndForgetAsync();

        await here.Deliveries.RecoverAsync(id, DateTimeOffset.MinValue);
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 2);
        Assert.That(Told(), Is.EqualTo(id));
    }

    [Test]
    public async Task Cancel_OnAnotherNode_WhatItHeldBackGoesOut()
    {
        // The head of a strict lane, which waits in the owner's memory to be tried again, is canceled elsewhere.
        var (here, there, id) = await StartTwoAsync(s => s with { Order = DeliveryOrder.Strict });
        there.Receiver.Default.Reply(500).Reply(200);
        await here.Publisher.PublishAsync("a.b", new { }, new PublishOptions { EventId = "head" });
        await here.Publisher.PublishAsync("a.b", new { }, new PublishOptions { EventId = "next" });
        var head = (await here.Deliveries.ListAsync(new DeliveryQuery { EventId = "head" })).Items.Single();
        await _nodes.UntilAsync(() => here.Deliveries.GetAsync(head.Id).AsTask().Result!.AttemptCount == 1);
        await _nodes.RestAndForgetAsync();

        await here.Deliveries.CancelAsync(head.Id);
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 2);

        Assert.That(there.Receiver.Requests[^1].MessageId(), Is.EqualTo("next"));
        Assert.That(_nodes.Channel.Sent.SelectMany(w => w.RereadIds), Is.EqualTo(new[] { id }));
    }

    [Test]
    public async Task Cancel_HereOrOfAFreeLane_TellsOnlyWhoMustKnow()
    {
        var (here, there, _) = await StartTwoAsync(s => s with { MaxConcurrency = 1 });
        there.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(1), 200);
        foreach (var id in new[] { "1", "2" }) await there.Publisher.PublishAsync("a.b", new { }, new PublishOptions { EventId = id });
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 1);
        await _nodes.RestAndForgetAsync();
        var waiting = (await here.Deliveries.ListAsync(new DeliveryQuery { EventId = "2" })).Items.Single();

        await here.Deliveries.CancelAsync(waiting.Id);
        await _nodes.RestAsync();
        Assert.That(_nodes.Channel.Sent, Has.Count.EqualTo(1));
        _nodes.Clock.Advance(TimeSpan.FromSeconds(2));
        await _nodes.RestAsync();
        Assert.That(there.Receiver.Requests, Has.Count.EqualTo(1), "the owner had it in memory, and let it go");

        _nodes.Channel.Sent.Clear();
        await there.Publisher.PublishAsync("a.b", new { }, new PublishOptions { EventId = "3" });
        await there.Deliveries.CancelAsync((await there.Deliveries.ListAsync(new DeliveryQuery { EventId = "3" })).Items.Single().Id);
        await _nodes.RestAsync();
        Assert.That(_nodes.Channel.Sent, Is.Empty, "it is the owner's own");
    }

    [Test]
    public async Task Send_ChannelFails_IsLoggedOnceAndPublishingGoesOn()
    {
        using var log = new LogCapture();
        var (here, there, _) = await StartTwoAsync(log: log);
        var tries = 0;
        _nodes.Channel.Before = _ =>
        {
            tries++;
            throw new WebhookStoreException("The channel is away.");
        };
        for (var i = 1; i <= 3; i++)
        {
            await here.Publisher.PublishAsync("a.b", new { i });
            await _nodes.AdvanceUntilAsync(() => tries == i && Failures() > 0, TimeSpan.FromMilliseconds(5));
        }

        Assert.That(Failures(), Is.EqualTo(1));
        var fails = _nodes.Channel.Before;
        _nodes.Channel.Before = _ => Task.CompletedTask;
        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.AdvanceUntilAsync(() => there.Receiver.Requests.Count == 4, TimeSpan.FromMilliseconds(5));

        _nodes.Channel.Before = fails;
        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.AdvanceUntilAsync(() => Failures() == 2, TimeSpan.FromMilliseconds(5));

        int Failures() => log.Lines.Count(l => l.EventId == 20);
    }

    [Test]
    public async Task Send_ChannelHangs_IsGivenUpAndTriedAgain()
    {
        var (here, there, _) = await StartTwoAsync();
        var hangs = new TaskCompletionSource();
        var tries = 0;
        _nodes.Channel.Before = _ =>
        {
            tries++;
            return hangs.Task;
        };
        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.UntilAsync(() => tries == 1);
        _nodes.Channel.Before = _ => Task.CompletedTask;

        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.AdvanceUntilAsync(() => _nodes.Channel.Sent.Count == 1);
        await _nodes.UntilAsync(() => there.Receiver.Requests.Count == 2);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Listen_ChannelBreaks_ListensAgainAndSweepsForWhatItMissed(bool throws)
    {
        var (here, there, _) = await StartTwoAsync();
        _nodes.Channel.Loses = true;
        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.RestAndForgetAsync();
        Assert.That(there.Receiver.Requests, Is.Empty);
        _nodes.Channel.Loses = false;

        _nodes.Channel.Break(throws ? new WebhookStoreException("The connection is gone.") : null);
        await _nodes.AdvanceUntilAsync(() => there.Receiver.Requests.Count == 1, TimeSpan.FromMilliseconds(5));
    }

    [Test]
    public async Task Listen_ChannelEndsWithoutAnException_IsNotAskedAgainAtOnce()
    {
        var calls = 0;
        var channel = new Moq.Mock<IWakeUpChannel>();

        // Bounded, so that a loop that spins fails and does not hang.
        channel.Setup(c => c.ListenAsync(Moq.It.IsAny<Action<WakeUp>>(), Moq.It.IsAny<CancellationToken>()))
            .Returns((Action<WakeUp> _, CancellationToken stop) => ++calls < 100 ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan, _nodes.Clock, stop));
        await using var node = BackgroundEngine.Create(webhooks => webhooks.Services.AddSingleton(channel.Object), _nodes.Clock);
        await node.StartAsync();
        await node.AdvanceUntilAsync(() => calls > 0, TimeSpan.Zero);
        Assert.That(calls, Is.EqualTo(1));

        await node.AdvanceUntilAsync(() => calls == 3);
    }

    [Test]
    public async Task Listen_ToldOfEverythingAgainAndAgain_SweepsOnceASecond()
    {
        var node = await _nodes.StartAsync();
        for (var i = 0; i < 20; i++) await _nodes.RestAsync();
        var sweeps = 0;
        _nodes.Store.Before = method => sweeps += method == nameof(IDeliveryQueue.ListDueLanesAsync) ? 1 : 0;
        for (var i = 0; i < 10; i++)
        {
            await _nodes.Channel.WakeAsync(WakeUp.Everything, default);
            await _nodes.UntilAsync(() => sweeps > 0);
            await _nodes.RestAsync();
        }

        Assert.That(sweeps, Is.EqualTo(1), "within 0.75 s");
        await _nodes.AdvanceUntilAsync(() => sweeps == 2, TimeSpan.FromMilliseconds(50));
        Assert.That(node.Receiver.Requests, Is.Empty);
    }

    private static bool Knows(BackgroundEngine node, string id) => node.Services.GetRequiredService<SubscriptionCache>().Current.Find(id) is not null;

    private static NewWebhookSubscription Subscription(string id) => new() { Id = id, Url = new Uri(Engine.Url), EventTypes = ["a.b"] };

    /// <summary>What was told of due lanes, each once.</summary>
    private string Told() => string.Join(',', _nodes.Channel.Sent.SelectMany(w => w.SubscriptionIds).Distinct());

    private async Task FailOneAsync(BackgroundEngine here, BackgroundEngine there)
    {
        there.Receiver.Default.Reply(500).Reply(200);
        await here.Publisher.PublishAsync("a.b", new { });
        await _nodes.AdvanceUntilAsync(() => there.Receiver.Requests.Count == 1, TimeSpan.FromMilliseconds(5));
    }

    /// <summary>Two nodes, and a subscription whose lane the second one runs.</summary>
    private async Task<(BackgroundEngine Here, BackgroundEngine There, string Id)> StartTwoAsync(
        Func<NewWebhookSubscription, NewWebhookSubscription>? change = null, LogCapture? log = null)
    {
        var here = await _nodes.StartAsync(webhooks =>
        {
            webhooks.AddProfile(Once);
            if (log is not null) webhooks.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(log);
        });
        var there = await _nodes.StartAsync(webhooks => webhooks.AddProfile(Once));
        var subscription = Subscription(_nodes.IdOwnedBy(there));
        await here.Subscriptions.CreateAsync(change?.Invoke(subscription) ?? subscription);
        await _nodes.AdvanceUntilAsync(() => Knows(there, subscription.Id!), TimeSpan.FromMilliseconds(5));
        await _nodes.RestAndForgetAsync();
        return (here, there, subscription.Id!);
    }
}
