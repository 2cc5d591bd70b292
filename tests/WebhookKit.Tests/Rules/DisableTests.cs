using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Rules;

/// <summary>When an endpoint is given up, and how it comes back.</summary>
public sealed class DisableTests
{
    [Test]
    public async Task Gone_ByProfile_DisablesAtOnceAndSendsNothingMore()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { MaxConcurrency = 1 });
        harness.Receiver.Reply(410);
        for (var i = 0; i < 5; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        var now = await harness.Subscriptions.GetAsync(subscription.Id);
        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests, Has.Count.EqualTo(1));
            Assert.That(now!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
            Assert.That(now.StatusReason, Does.Contain("410"));
        });
        Assert.That((await harness.PublishAsync()).Deliveries, Is.Zero, "a disabled subscription is not matched");
    }

    [Test]
    public async Task Gone_WhileItIsStored_NothingMoreStarts()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync(s => s with { MaxConcurrency = 1 });
        harness.Receiver.Reply(410);
        var failures = 3;
        store.Before = method =>
        {
            if (method == nameof(IDeliveryQueue.SettleAsync) && failures-- > 0) throw new IOException("The store is away.");
        };
        for (var i = 0; i < 5; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Exhausted_ByProfile_Disables()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with
        {
            Retry = new RetrySchedule(TimeSpan.FromSeconds(10)),
            Disable = new DisableRule { OnExhausted = true },
        });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
    }

    [Test]
    public async Task FailingFor_NothingButFailures_DisablesAfterThatTime()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Disable = new DisableRule { FailingFor = TimeSpan.FromHours(10) } });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(17));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Enabled), "the last attempt was at 7 h 35 m");

        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        var now = await harness.Subscriptions.GetAsync(subscription.Id);
        Assert.Multiple(() =>
        {
            Assert.That(now!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
            Assert.That(now.FailingSince, Is.Not.Null);
        });
    }

    [Test]
    public async Task Enable_AfterFailingFor_TheNextFailureDoesNotDisableAgain()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Disable = new DisableRule { FailingFor = TimeSpan.FromHours(10) } });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(18));
        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.PublishAsync();
        await harness.DrainAsync();

        var now = await harness.Subscriptions.GetAsync(subscription.Id);
        Assert.Multiple(() =>
        {
            Assert.That(now!.Status, Is.EqualTo(SubscriptionStatus.Enabled));
            Assert.That(now.FailingSince, Is.EqualTo(harness.Clock.GetUtcNow()), "it begins to count anew");
        });
    }

    [Test]
    public async Task FailingFor_OneSuccessBetween_BeginsToCountAnew()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Disable = new DisableRule { FailingFor = TimeSpan.FromHours(3) } });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.FailingSince, Is.Not.Null);

        harness.Receiver.Default.Reply(200, 500);
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(30));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Enabled));
    }

    [Test]
    public async Task Enable_AfterDisabling_GoesOnWithWhatIsPendingAndRecoverFetchesTheRest()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { MaxConcurrency = 1 });
        harness.Receiver.Reply(410, 200);
        var start = harness.Clock.GetUtcNow();
        for (var i = 0; i < 3; i++) await harness.PublishAsync(i);
        await harness.DrainAsync();
        await harness.PublishAsync(3);
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(harness.Requests, Has.Count.EqualTo(1));

        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(3), "the two that were pending");

        var recovered = await harness.Deliveries.RecoverAsync(subscription.Id, start);
        await harness.DrainAsync();
        Assert.Multiple(() =>
        {
            Assert.That(recovered, Is.EqualTo(2), "the one that was answered 410, and the one that was missed");
            Assert.That(harness.Requests, Has.Count.EqualTo(5));
            Assert.That(harness.Requests.Select(r => r.MessageId()).Distinct().Count(), Is.EqualTo(4));
        });
    }

    [Test]
    public async Task Gone_ManyRequestsUnderWay_IsToldOnce()
    {
        var observer = new DisabledCounter();
        await using var harness = await Engine.StartAsync(configure: w => w.Services.AddSingleton<IWebhookObserver>(observer));
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(1), 410);
        for (var i = 0; i < 6; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.That(observer.Count, Is.EqualTo(1));

        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.PublishAsync(7);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.That(observer.Count, Is.EqualTo(2), "it was enabled between, so that this is news");
    }

    [Test]
    public async Task FailingFor_UrlChanged_CountsFromTheNewOne()
    {
        const string NewUrl = "https://new.example.com/";
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.For(Engine.Url).Reply(500);
        harness.Receiver.For(NewUrl).Reply(200, 200, 500);
        await harness.PublishAsync(1);
        await harness.DrainAsync();
        subscription = (await harness.Subscriptions.GetAsync(subscription.Id))!;
        await harness.Subscriptions.UpdateAsync(subscription with { Url = new Uri(NewUrl) });
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(8));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.FailingSince, Is.Null);

        await harness.AdvanceAsync(TimeSpan.FromDays(6));
        await harness.PublishAsync(3);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Enabled));
    }

    [Test]
    public async Task Gone_DaysLater_NoLaneIsKept()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(410);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.That(harness.Services.GetRequiredService<LaneTable>().Find(subscription.Id), Is.Null);
    }

    /// <summary>Whoever has moved it knows nothing yet of why it does not go on.</summary>
    [Test]
    public async Task Gone_MovedAsSoonAsItIsGivenUp_IsTold()
    {
        FaultyStore store = null!;
        var observer = new DisabledCounter();
        await using var harness = await Engine.StartAsync(configure: w =>
        {
            Engine.WithStore(s => store = s)(w);
            w.Services.AddSingleton<IWebhookObserver>(observer);
        });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(410);
        store.After = method =>
        {
            if (method != nameof(IDeliveryQueue.SettleAsync)) return;
            store.After = _ => { };
            var current = store.GetSubscriptionAsync(subscription.Id, default).AsTask().Result!;
            Assert.That(store.UpdateSubscriptionAsync(current with { Url = new Uri("https://new.example.com/") }, default).AsTask().Result, Is.Not.Null);
        };
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(5));

        var now = (await harness.Subscriptions.GetAsync(subscription.Id))!;
        Assert.That((now.Status, now.Url.Host, observer.Count), Is.EqualTo((SubscriptionStatus.Disabled, "new.example.com", 1)));
    }

    [Test]
    public async Task Gone_MovedWhileTheRequestIsUnderWay_GoesOn([Values] bool elsewhere)
    {
        FaultyStore store = null!;
        var observer = new DisabledCounter();
        await using var harness = await Engine.StartAsync(configure: w =>
        {
            Engine.WithStore(s => store = s)(w);
            w.Services.AddSingleton<IWebhookObserver>(observer);
        });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.For(Engine.Url).ReplyAfter(TimeSpan.FromSeconds(5), 410);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        var current = (await store.GetSubscriptionAsync(subscription.Id, default))!;
        var moved = current with { Url = new Uri("https://new.example.com/") };
        if (elsewhere) await store.UpdateSubscriptionAsync(moved, default);
        else await harness.Subscriptions.UpdateAsync(moved);
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var now = (await harness.Subscriptions.GetAsync(subscription.Id))!;
        Assert.That((now.Status, now.FailingSince, observer.Count), Is.EqualTo((SubscriptionStatus.Enabled, (DateTimeOffset?)null, 0)));
        Assert.That(harness.Requests.Select(r => r.Uri!.Host), Has.Some.EqualTo("new.example.com"));
    }

    private sealed class DisabledCounter : IWebhookObserver
    {
        public int Count { get; private set; }

        public void OnSubscriptionDisabled(WebhookSubscription subscription) => Count++;
    }
}
