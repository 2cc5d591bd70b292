using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>A lane knows since when its endpoint is failing, whoever ran it before, and hardly ever asks for it.</summary>
public sealed class HealthRuleTests
{
    private static readonly WebhookProfile TenHours = Engine.Exact with { Disable = new DisableRule { FailingFor = TimeSpan.FromHours(10) } };

    [Test]
    public async Task Attempt_ThousandNewLanes_AreLearntOfByOneStatement()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        for (var i = 0; i < 1000; i++) await harness.SubscribeAsync();
        var asked = new List<string>();
        store.Before = method =>
        {
            if (method is nameof(ISubscriptionStore.ListFailingAsync) or nameof(ISubscriptionStore.GetSubscriptionAsync)) lock (asked) asked.Add(method);
        };
        await harness.PublishAsync();
        await harness.DrainAsync();

        Assert.That(harness.Requests, Has.Count.EqualTo(1000));
        Assert.That(asked, Is.EqualTo(new[] { nameof(ISubscriptionStore.ListFailingAsync) }));
    }

    [Test]
    public async Task Attempt_ManyWaitForTheSameList_ItIsReadOnce()
    {
        FaultyStore store = null!;
        await using var background = await BackgroundEngine.StartAsync(Engine.WithStore(s => store = s));
        for (var i = 0; i < 20; i++) await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        var gate = new TaskCompletionSource();
        var (lists, waiting) = (0, 0);
        store.Wait = method =>
        {
            if (method != nameof(ISubscriptionStore.ListFailingAsync)) return Task.CompletedTask;
            lists++;
            return gate.Task;
        };
        await background.Publisher.PublishAsync("a.b", new { });
        await background.AdvanceUntilAsync(() => (waiting = background.Services.GetRequiredService<LaneTable>().All.Count(l => l.IsBusy)) == 20);
        gate.SetResult();
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 20, TimeSpan.Zero);

        Assert.That((lists, waiting), Is.EqualTo((1, 20)));
    }

    [Test]
    public async Task Attempt_LaneOfADeadEndpointIsMadeAgain_AsksForNothing()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.DrainAsync();
        var asked = 0;
        store.Before = method => asked += method is nameof(ISubscriptionStore.ListFailingAsync) or nameof(ISubscriptionStore.GetSubscriptionAsync) ? 1 : 0;
        await harness.AdvanceAsync(TimeSpan.FromHours(12));

        Assert.That(harness.Requests, Has.Count.GreaterThan(4), "hours lie between them, so that the lane is dropped");
        Assert.That(asked, Is.Zero);
    }

    [Test]
    public async Task Attempt_AnotherNodeSawItFail_CountsFromThen()
    {
        await using var harness = await Engine.StartAsync(TenHours, options: o => o.NodeId = "this");
        var subscription = await harness.SubscribeAsync();
        await HaveFailedElsewhereAsync(harness, subscription, harness.Clock.GetUtcNow().AddHours(-11));

        harness.Receiver.Reply(500);
        await harness.PublishAsync(2);
        await harness.DrainAsync();

        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
    }

    [Test]
    public async Task Attempt_AnotherNodeHadItInBetween_CountsWhatThatSaw()
    {
        // This node has listed its partitions before, as healthy; then another one had them for a while.
        await using var harness = await Engine.StartAsync(TenHours, options: o => o.NodeId = "this");
        var subscription = await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.DrainAsync();
        var before = harness.Clock.GetUtcNow();
        await HaveFailedElsewhereAsync(harness, subscription, before.AddHours(-11));

        harness.Receiver.Default.Reply(500);
        await harness.PublishAsync(2);
        await harness.DrainAsync();

        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
    }

    [Test]
    public async Task Attempt_ChangedSinceItWasListed_AsksAgain()
    {
        // Listed as failing; then enabled anew by another node, which clears it.
        await using var harness = await Engine.StartAsync(TenHours, options: o => o.NodeId = "this");
        var subscription = await harness.SubscribeAsync();
        var other = await harness.SubscribeAsync(s => s with { Url = new Uri("https://example.com/other") });
        await HaveFailedElsewhereAsync(harness, subscription, harness.Clock.GetUtcNow().AddHours(-11));
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        await harness.Publisher.PublishAsync("a.b", new { }, new PublishOptions { SubscriptionIds = [other.Id] });
        await store.CancelAsync((await harness.DeliveriesAsync()).Single(d => d.EventId == "elsewhere").Id, harness.Clock.GetUtcNow(), default);
        await harness.DrainAsync();
        var current = (await store.GetSubscriptionAsync(subscription.Id, default))!;
        Assert.That(current.FailingSince, Is.Not.Null);
        await store.UpdateSubscriptionAsync(current with { Url = new Uri("https://example.com/moved") }, default);

        harness.Receiver.Default.Reply(500);
        await harness.Publisher.PublishAsync("a.b", new { }, new PublishOptions { SubscriptionIds = [subscription.Id] });
        await harness.DrainAsync();

        var now = (await store.GetSubscriptionAsync(subscription.Id, default))!;
        Assert.That((now.Status, now.FailingSince), Is.EqualTo((SubscriptionStatus.Enabled, (DateTimeOffset?)harness.Clock.GetUtcNow())));
    }

    [Test]
    public async Task Settle_AnswerLost_TheNextLaneAsks()
    {
        // The failure is stored, but this node is not told so; its second try is superseded.
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(TenHours with { Retry = new RetrySchedule(TimeSpan.FromHours(4), TimeSpan.FromHours(4)) }, Engine.WithStore(s => store = s));
        var subscription = await harness.SubscribeAsync();
        var first = harness.Clock.GetUtcNow();
        var lose = true;
        store.After = method =>
        {
            if (method != nameof(IDeliveryQueue.SettleAsync) || !lose) return;
            lose = false;
            throw new IOException("The answer is lost.");
        };
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        await harness.AdvanceAsync(TimeSpan.FromHours(4));

        Assert.That(harness.Requests, Has.Count.EqualTo(2));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.FailingSince, Is.EqualTo(first));
    }

    [Test]
    public async Task Settle_OldUrlSucceedsBesideTheNewOne_TheNewOneFailsSinceItsFirstFailure()
    {
        const string newUrl = "https://new.example.com/";
        await using var harness = await Engine.StartAsync(Engine.Exact with { Retry = new RetrySchedule(TimeSpan.FromHours(1)) });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.For(Engine.Url).ReplyAfter(TimeSpan.FromSeconds(10), 200);
        harness.Receiver.For(newUrl).Reply(500).ReplyAfter(TimeSpan.FromSeconds(11), 500);
        await harness.PublishAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        await harness.Subscriptions.UpdateAsync(subscription with { Url = new Uri(newUrl) });
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        var since = (await harness.Subscriptions.GetAsync(subscription.Id))!.FailingSince;
        Assert.That(since, Is.Not.Null);

        await harness.PublishAsync(3);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(20));

        Assert.That(harness.Requests, Has.Count.EqualTo(3));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.FailingSince, Is.EqualTo(since));
    }

    /// <summary>What is canceled while its last attempt is under way gives nothing up; what is under way beside it knows all the same since when the endpoint is failing.</summary>
    [Test]
    public async Task Settle_CanceledBesideAnother_TheOtherStillCountsFromTheFirstFailure()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Retry = new RetrySchedule(TimeSpan.FromHours(1)), Disable = new DisableRule { OnExhausted = true } });
        var subscription = await harness.SubscribeAsync();
        var first = harness.Clock.GetUtcNow();
        harness.Receiver.Reply(500);
        var canceled = await harness.PublishAsync();
        await harness.DrainAsync();

        var sent = 0;
        harness.Receiver.Default.Answer(async (_, cancellationToken) =>
        {
            // Beside its last attempt another one goes, and ends a little later.
            if (++sent == 1) await harness.Deliveries.CancelAsync((await harness.DeliveriesAsync()).Single(d => d.EventId == canceled.EventId).Id, cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(sent), harness.Clock, cancellationToken);
            return new HttpResponseMessage(System.Net.HttpStatusCode.InternalServerError);
        });
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.That(sent, Is.EqualTo(2));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Enabled));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.FailingSince, Is.EqualTo(first));
    }

    [Test]
    public async Task Told_LaneHasClosed_TheNextOneAsks()
    {
        // Its partition was about to be given up, and another lane may run there by now.
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.DrainAsync();
        var model = harness.Services.GetRequiredService<SubscriptionCache>().Current.Find(subscription.Id)!;
        var lane = harness.Services.GetRequiredService<LaneTable>().GetOrAdd(model);
        var (failing, health) = (harness.Services.GetRequiredService<FailingTable>(), harness.Services.GetRequiredService<HealthReader>());

        health.Told(lane, model, harness.Clock.GetUtcNow());
        Assert.That(failing.TryFind(model, out _), Is.True);
        lane.Close();
        health.Told(lane, model, null);
        Assert.That(failing.TryFind(model, out _), Is.False);
    }

    [Test]
    public async Task Delete_FailingEndpoint_IsForgotten()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.DrainAsync();
        var model = harness.Services.GetRequiredService<SubscriptionCache>().Current.Find(subscription.Id)!;
        var failing = harness.Services.GetRequiredService<FailingTable>();
        failing.TryFind(model, out var before);

        await harness.Subscriptions.DeleteAsync(subscription.Id);
        failing.TryFind(model, out var after);

        Assert.That((before, after), Is.EqualTo(((DateTimeOffset?)harness.Clock.GetUtcNow(), (DateTimeOffset?)null)));
    }

    /// <summary>Another node takes everything, sees an attempt fail, and leaves again.</summary>
    private static async Task HaveFailedElsewhereAsync(WebhookTestHarness harness, WebhookSubscription subscription, DateTimeOffset since)
    {
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        var now = harness.Clock.GetUtcNow();
        var delivery = new WebhookDelivery
        {
            Id = new Guid(1, 2, 3, new byte[8]),
            EventId = "elsewhere",
            EventType = "a.b",
            SubscriptionId = subscription.Id,
            CreatedAt = now,
            DueAt = now,
        };
        var written = new EventWrite(new WebhookEvent { Id = "elsewhere", Type = "a.b", Data = "{}"u8.ToArray() }, [delivery], null) { PublishedAt = now };
        await store.PublishAsync([written], null, default);
        await store.HeartbeatAsync("other", TimeSpan.FromHours(1), default);
        var partition = Partitioner.GetPartition(subscription.Id, store.PartitionCount);
        var lease = (await store.AcquireAsync("other", [partition], TimeSpan.FromHours(1), default)).Single();
        var settled = await store.SettleAsync(
            [
                new Settlement
                {
                    Partition = partition,
                    Fence = lease.Fence,
                    SubscriptionId = subscription.Id,
                    Deliveries = [delivery with { AttemptCount = 1, DueAt = now.AddMinutes(5), LastOutcome = AttemptOutcome.ErrorStatus }],
                    Attempt = new DeliveryAttempt { MessageId = "m", StartedAt = now, Duration = TimeSpan.Zero, Outcome = AttemptOutcome.ErrorStatus },
                    Health = new HealthChange(since, null, now),
                },
            ],
            default);
        Assert.That(settled, Is.EqualTo(new[] { SettleResult.Applied }));
        await store.LeaveAsync("other", default);
    }
}
