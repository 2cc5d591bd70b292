using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Rules;

/// <summary>Rules 6, 8 and 9: one deadline, limits everywhere, and no loop that dies.</summary>
public sealed class LoopRuleTests
{
    [Test]
    public async Task Attempt_EndpointHangs_EndsAtItsDeadline()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        harness.Receiver.Default.Hang().Reply(200);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(20));

        var delivery = await harness.DeliveryAsync();
        var attempts = await harness.Deliveries.GetAttemptsAsync(delivery.Id);
        Assert.Multiple(() =>
        {
            Assert.That(attempts[0].Outcome, Is.EqualTo(AttemptOutcome.TimedOut));
            Assert.That(attempts[0].Duration, Is.EqualTo(TimeSpan.FromSeconds(15)));
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Succeeded));
        });
    }

    [TestCase(nameof(IDeliveryQueue.HeartbeatAsync))]
    [TestCase(nameof(IDeliveryQueue.AcquireAsync))]
    [TestCase(nameof(IDeliveryQueue.ListDueLanesAsync))]
    [TestCase(nameof(IDeliveryQueue.ReadAsync))]
    [TestCase(nameof(ISubscriptionStore.ReadChangesAsync))]
    [TestCase(nameof(ISubscriptionStore.ListFailingAsync))]
    public async Task Loops_StoreFailsForAWhile_GoOnAndLoseNothing(string failing)
    {
        FaultyStore store = null!;
        await using var background = await BackgroundEngine.StartAsync(Engine.WithStore(s => store = s));
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"], Order = DeliveryOrder.Strict });
        var failures = 3;
        store.Before = method =>
        {
            if (method == failing && Interlocked.Decrement(ref failures) >= 0) throw new IOException("The store is away.");
        };
        for (var i = 0; i < 3; i++) await background.Publisher.PublishAsync("a.b", new { i });
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count >= 3);

        var ids = background.Receiver.Requests.Select(r => r.MessageId()).Distinct();
        Assert.That(ids.Count(), Is.EqualTo(3));
    }

    [Test]
    public async Task Drain_StoreWasAway_TheNextOneWorks()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        await harness.PublishAsync();
        store.Before = _ => throw new IOException("The store is away.");
        Assert.That(async () => await harness.Deliveries.DrainAsync(), Throws.TypeOf<IOException>());

        store.Before = _ => { };
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
    }

    [TestCase(nameof(IDeliveryScheduler.NextAsync))]
    [TestCase(nameof(IDeliveryScheduler.Schedule))]
    public async Task Loops_SchedulerThrows_GoOn(string failing)
    {
        await using var background = await BackgroundEngine.StartAsync(webhooks =>
        {
            // One alone: whatever fails must give it back.
            webhooks.Services.Configure<WebhookOptions>(o => o.MaxConcurrency = 1);
            webhooks.UseScheduler(services => new FailingScheduler(new FairScheduler(services.GetRequiredService<TimeProvider>()), failing));
        });
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        for (var i = 0; i < 3; i++) await background.Publisher.PublishAsync("a.b", new { i });
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 3);
    }

    [Test]
    public async Task Stop_AttemptUnderWay_EndsAndIsSettledFirst()
    {
        await using var background = await BackgroundEngine.StartAsync();
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        background.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(2), 200);
        await background.Publisher.PublishAsync("a.b", new { });
        await background.AdvanceUntilAsync(() => background.Receiver.ParkedCount == 1, TimeSpan.Zero);

        var stopped = background.StopAsync(CancellationToken.None);
        Assert.That(stopped.IsCompleted, Is.False);
        await background.AdvanceUntilAsync(() => stopped.IsCompleted);
        Assert.That((await background.Deliveries.ListAsync(new DeliveryQuery())).Items.Single().Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task Stop_ShutdownTimeIsOver_InterruptsAndLeavesItPending()
    {
        await using var background = await BackgroundEngine.StartAsync();
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        background.Receiver.Default.Hang();
        await background.Publisher.PublishAsync("a.b", new { });
        await background.AdvanceUntilAsync(() => background.Receiver.ParkedCount == 1, TimeSpan.Zero);

        using var shutdown = new CancellationTokenSource();
        var stopped = background.StopAsync(shutdown.Token);
        await shutdown.CancelAsync();
        await stopped;
        var delivery = (await background.Deliveries.ListAsync(new DeliveryQuery())).Items.Single();
        Assert.Multiple(() =>
        {
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Pending));
            Assert.That(delivery.AttemptCount, Is.Zero, "an interrupted attempt says nothing of the endpoint");
        });
    }

    [Test]
    public async Task Stop_ADrainWaitsBesideTheLoops_EndsItToo()
    {
        FaultyStore store = null!;
        await using var background = await BackgroundEngine.StartAsync(Engine.WithStore(s => store = s));
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"], MaxConcurrency = 1 });
        background.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(2), 200).Reply(200);
        for (var i = 0; i < 2; i++) await background.Publisher.PublishAsync("a.b", new { i });
        await background.AdvanceUntilAsync(() => background.Receiver.ParkedCount == 1, TimeSpan.Zero);
        var drain = background.Deliveries.DrainAsync();
        Assert.That(drain.IsCompleted, Is.False);

        // The loops have ended, and the node has not left yet.
        var leaving = new TaskCompletionSource();
        var isLeaving = false;
        store.Wait = method =>
        {
            isLeaving |= method == nameof(IDeliveryStatistics.AddStatisticsAsync);
            return isLeaving ? leaving.Task : Task.CompletedTask;
        };
        var stopped = background.StopAsync(CancellationToken.None);
        await background.AdvanceUntilAsync(() => isLeaving);
        leaving.SetResult();
        await stopped;

        Assert.That((await drain.AsTask().WaitAsync(TimeSpan.FromSeconds(30))).IsIdle, Is.False, "more was due than could go");
        Assert.That((await background.Deliveries.DrainAsync()).IsIdle, Is.True, "a drain after the loops works by itself");
        Assert.That((await background.Deliveries.ListAsync(new DeliveryQuery())).Items.Select(d => d.Status), Is.All.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task Stop_ADrainHasHeldUpTheLoops_ThrowsNothing()
    {
        await using var background = BackgroundEngine.Create();
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        background.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(2), 200);
        await background.Publisher.PublishAsync("a.b", new { });
        var drain = background.Deliveries.DrainAsync().AsTask();
        await background.AdvanceUntilAsync(() => background.Receiver.ParkedCount == 1, TimeSpan.Zero);

        await background.StartAsync();
        await background.StopAsync(CancellationToken.None);

        await background.AdvanceUntilAsync(() => drain.IsCompleted);
        Assert.That((await drain).IsIdle, Is.True);
    }

    /// <summary>A scheduler of which one method throws at every other call.</summary>
    private sealed class FailingScheduler(IDeliveryScheduler inner, string failing) : IDeliveryScheduler
    {
        private int _calls;

        public void Schedule(DeliveryLane lane, DateTimeOffset dueAt)
        {
            FailAtTimes(nameof(Schedule));
            inner.Schedule(lane, dueAt);
        }

        public ValueTask<DeliveryLane> NextAsync(CancellationToken cancellationToken)
        {
            FailAtTimes(nameof(NextAsync));
            return inner.NextAsync(cancellationToken);
        }

        private void FailAtTimes(string method)
        {
            if (method == failing && Interlocked.Increment(ref _calls) % 2 == 1) throw new InvalidOperationException("A bug of the host's.");
        }
    }

    [Test]
    public async Task Log_ProviderThrows_EngineGoesOn()
    {
        var log = new ThrowingLog();
        await using var background = await BackgroundEngine.StartAsync(webhooks =>
        {
            webhooks.Services.AddLogging(logging => logging.AddProvider(log));
            webhooks.Services.Configure<WebhookOptions>(o => o.MaxConcurrency = 4);
        });
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        log.Throws = true;
        for (var i = 0; i < 30; i++) await background.Publisher.PublishAsync("a.b", new { i });
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count >= 30);
        Assert.That(log.Calls, Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task Drain_HostStartsWhileAnotherDrains_EndsAtItsDeadline()
    {
        var answer = new TaskCompletionSource();
        await using var background = BackgroundEngine.Create();
        background.Receiver.Default.Answer(async (_, _) =>
        {
            await answer.Task;
            return new HttpResponseMessage();
        });
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        await background.Publisher.PublishAsync("a.b", new { });
        var first = background.Deliveries.DrainAsync().AsTask();
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count > 0);
        var beside = background.Deliveries.DrainAsync(TimeSpan.FromSeconds(1)).AsTask();
        await background.AdvanceUntilAsync(() => beside.IsCompleted);
        Assert.That((await beside).IsIdle, Is.False);

        await background.StartAsync();
        var second = background.Deliveries.DrainAsync(TimeSpan.FromSeconds(1)).AsTask();
        await background.AdvanceUntilAsync(() => second.IsCompleted);
        Assert.That((await second).IsIdle, Is.False);

        answer.SetResult();
        await background.AdvanceUntilAsync(() => first.IsCompleted);
        Assert.That((await first).IsIdle, Is.True);
    }

    private sealed class ThrowingLog : ILoggerProvider, ILogger
    {
        private int _calls;

        public bool Throws { get; set; }

        public int Calls => _calls;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _calls);
            if (Throws) throw new IOException("The disk is full.");
        }

        public void Dispose()
        {
        }
    }
}
