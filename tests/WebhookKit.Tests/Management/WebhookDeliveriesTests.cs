using NUnit.Framework;
using WebhookKit.Testing;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Management;

public sealed class WebhookDeliveriesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Test]
    public async Task ListAsync_Filters_LetThroughWhatTheySay()
    {
        await using var engine = await StartAsync();
        engine.Receiver.For("https://example.com/bad").Reply(500);
        await engine.SubscribeAsync(s => s with { Id = "good" });
        await engine.SubscribeAsync(s => s with { Id = "bad", Url = new Uri("https://example.com/bad") });
        for (var i = 0; i < 3; i++)
        {
            await engine.PublishAsync(new PublishOptions { EventId = $"e{i}" });
            await engine.AdvanceAsync(Minute);
        }

        await engine.Subscriptions.PauseAsync("good");
        await engine.PublishAsync(new PublishOptions { EventId = "e3", SubscriptionIds = ["good"] });
        var start = ManualTimeProvider.DefaultStart;

        Assert.That((await ListAsync(new DeliveryQuery())).Select(d => d[..2]), Is.EqualTo(new[] { "e3", "e2", "e2", "e1", "e1", "e0", "e0" }), "newest first");
        Assert.That(await ListAsync(new DeliveryQuery { SubscriptionId = "bad" }), Is.EqualTo(new[] { "e2 bad", "e1 bad", "e0 bad" }));
        Assert.That(await ListAsync(new DeliveryQuery { EventId = "e1" }), Is.EquivalentTo(new[] { "e1 good", "e1 bad" }));
        Assert.That(await ListAsync(new DeliveryQuery { EventId = "e1", SubscriptionId = "bad" }), Is.EqualTo(new[] { "e1 bad" }));
        Assert.That(await ListAsync(new DeliveryQuery { Status = DeliveryStatus.Succeeded }), Is.EqualTo(new[] { "e2 good", "e1 good", "e0 good" }));
        Assert.That(await ListAsync(new DeliveryQuery { Status = DeliveryStatus.Exhausted }), Is.EqualTo(new[] { "e2 bad", "e1 bad", "e0 bad" }));
        Assert.That(await ListAsync(new DeliveryQuery { Status = DeliveryStatus.Pending }), Is.EqualTo(new[] { "e3 good" }));
        Assert.That(await ListAsync(new DeliveryQuery { SubscriptionId = "good", From = start + Minute, To = start + 3 * Minute }), Is.EqualTo(new[] { "e2 good", "e1 good" }));
        Assert.That(await ListAsync(new DeliveryQuery { SubscriptionId = "never" }), Is.Empty);

        async Task<string[]> ListAsync(DeliveryQuery query) =>
            [.. (await engine.Deliveries.ListAsync(query)).Items.Select(d => $"{d.EventId} {d.SubscriptionId}")];
    }

    [Test]
    public async Task ListAsync_Pages_ShowEachOnceWhileMoreComeIn()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();
        for (var i = 0; i < 7; i++) await engine.PublishAsync(new PublishOptions { EventId = $"e{i}" });

        var seen = new List<string>();
        var query = new DeliveryQuery { Limit = 3 };
        do
        {
            var page = await engine.Deliveries.ListAsync(query);
            Assert.That(page.Items, Has.Count.LessThanOrEqualTo(3));
            seen.AddRange(page.Items.Select(d => d.EventId));
            await engine.PublishAsync();
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        Assert.That(seen, Is.EqualTo(new[] { "e6", "e5", "e4", "e3", "e2", "e1", "e0" }));
    }

    [Test]
    public async Task ListAsync_StrangeAfter_IsRefused()
    {
        await using var engine = await StartAsync();
        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.Deliveries.ListAsync(new DeliveryQuery { After = "page 2" }));
        Assert.That(refused.Message, Does.Contain("'page 2'"));
    }

    [Test]
    public async Task GetAsync_Unknown_IsNull()
    {
        await using var engine = await StartAsync();
        Assert.That(await engine.Deliveries.GetAsync(default), Is.Null);
        Assert.That(await engine.Deliveries.GetAttemptsAsync(default), Is.Empty);
    }

    [Test]
    public async Task GetAttemptsAsync_AfterFailures_TellsTheWholeStory()
    {
        var steady = Brief with { Name = "steady", Retry = new RetrySchedule(TimeSpan.FromSeconds(10)) { RepeatLast = true } };
        await using var engine = await StartAsync(o => o.MaxResponseBytes = 8, w => w.AddProfile(steady));
        engine.Receiver.Default
            .Reply(new ScriptedReply(503) { Body = "too busy by far", Delay = TimeSpan.FromSeconds(2) })
            .Drop(HttpRequestError.ConnectionError)
            .Hang()
            .Reply(204);
        await engine.SubscribeAsync(s => s with { Profile = "steady" });
        var receipt = await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromHours(2));

        var delivery = await engine.DeliveryAsync();
        var attempts = await engine.Deliveries.GetAttemptsAsync(delivery.Id);

        var start = ManualTimeProvider.DefaultStart;
        Assert.Multiple(() =>
        {
            Assert.That((delivery.Status, delivery.AttemptCount, delivery.LastOutcome, delivery.LastStatusCode), Is.EqualTo(
                (DeliveryStatus.Succeeded, 4, (AttemptOutcome?)AttemptOutcome.Succeeded, (int?)204)));
            Assert.That(attempts.Select(a => a.Number), Is.EqualTo(new[] { 1, 2, 3, 4 }));
            Assert.That(attempts.Select(a => a.MessageId), Is.All.EqualTo(receipt.EventId));
            Assert.That(attempts.Select(a => a.BatchSize), Is.All.EqualTo(1));
            Assert.That(attempts.Select(a => a.StartedAt - start), Is.EqualTo(
                new[] { TimeSpan.Zero, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(22), TimeSpan.FromSeconds(47) }));
            Assert.That(attempts.Select(a => a.Duration), Is.EqualTo(
                new[] { TimeSpan.FromSeconds(2), TimeSpan.Zero, TimeSpan.FromSeconds(15), TimeSpan.Zero }));
            Assert.That(attempts.Select(a => a.Outcome), Is.EqualTo(
                new[] { AttemptOutcome.ErrorStatus, AttemptOutcome.ConnectionFailed, AttemptOutcome.TimedOut, AttemptOutcome.Succeeded }));
            Assert.That(attempts.Select(a => a.StatusCode), Is.EqualTo(new int?[] { 503, null, null, 204 }));
            Assert.That(attempts.Select(a => a.ResponseBody), Is.EqualTo(new[] { "too busy", null, null, null }));
            Assert.That(attempts.Select(a => a.Error is null), Is.EqualTo(new[] { false, false, false, true }));
            Assert.That(attempts[2].Error, Does.Contain("15"));
            Assert.That(delivery.CompletedAt, Is.EqualTo(start + TimeSpan.FromSeconds(47)));
        });
    }

    [Test]
    public async Task ResendAsync_Exhausted_BeginsTheScheduleAnew()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();
        var exhausted = await engine.ExhaustAsync();
        engine.Receiver.For(Url).Reply(500, 200);

        var resent = await engine.Deliveries.ResendAsync(exhausted.Id);
        await engine.AdvanceAsync(Minute);

        var delivery = await engine.DeliveryAsync();
        var attempts = await engine.Deliveries.GetAttemptsAsync(exhausted.Id);
        Assert.Multiple(() =>
        {
            Assert.That((resent.Status, resent.DueAt, resent.AttemptCount, resent.CompletedAt), Is.EqualTo(
                (DeliveryStatus.Pending, ManualTimeProvider.DefaultStart + Minute, 2, (DateTimeOffset?)null)));
            Assert.That((delivery.Status, delivery.AttemptCount), Is.EqualTo((DeliveryStatus.Succeeded, 4)));
            Assert.That(attempts.Select(a => (a.StartedAt - ManualTimeProvider.DefaultStart).TotalSeconds), Is.EqualTo(new[] { 0, 10, 60, 70 }));
            Assert.That(engine.Requests.Select(r => r.Headers["webhook-id"]), Is.All.EqualTo(delivery.EventId));
            Assert.That(engine.Requests.Select(r => r.BodyText).Distinct().Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task ResendAsync_Expired_HasNoTimeToLiveAnyMore()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500, 500, 200);
        await engine.SubscribeAsync();
        await engine.PublishAsync(new PublishOptions { TimeToLive = TimeSpan.FromSeconds(5) });
        await engine.AdvanceAsync(Minute);
        var expired = await engine.DeliveryAsync();

        var resent = await engine.Deliveries.ResendAsync(expired.Id);
        await engine.AdvanceAsync(Minute);

        Assert.That(expired.Status, Is.EqualTo(DeliveryStatus.Expired));
        Assert.That(resent.ExpiresAt, Is.Null);
        Assert.That((await engine.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
        Assert.That(engine.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task ResendAsync_WrongStatus_IsRefused()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s" });
        await engine.PublishAsync();
        var id = (await engine.DeliveryAsync()).Id;

        await AssertRefusedAsync("Pending");
        await engine.DrainAsync();
        await AssertRefusedAsync("Succeeded");
        await engine.Subscriptions.PauseAsync("s");
        id = (await engine.Deliveries.ListAsync(new DeliveryQuery { EventId = (await engine.PublishAsync()).EventId })).Items.Single().Id;
        await engine.Deliveries.CancelAsync(id);
        await AssertRefusedAsync("Canceled");
        Assert.That(engine.Requests, Has.Count.EqualTo(1));

        var unknown = await ThrownAsync<WebhookNotFoundException>(async () => await engine.Deliveries.ResendAsync(default));
        Assert.That(unknown.Message, Does.Contain($"{default(Guid)}"));

        async Task AssertRefusedAsync(string status)
        {
            var refused = await ThrownAsync<WebhookConflictException>(async () => await engine.Deliveries.ResendAsync(id));
            Assert.That(refused.Message, Does.Contain($"{id} is {status}").And.Contain("Only exhausted and expired"));
        }
    }

    [Test]
    public async Task ResendAsync_SubscriptionDeleted_SaysSo()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s" });
        var exhausted = await engine.ExhaustAsync();
        await engine.Subscriptions.DeleteAsync("s");

        var refused = await ThrownAsync<WebhookConflictException>(async () => await engine.Deliveries.ResendAsync(exhausted.Id));

        Assert.That(refused.Message, Does.Contain("'s' is gone").And.Not.Contain("Only exhausted"));
    }

    [Test]
    public async Task ResendAsync_SubscriptionDisabled_WaitsUntilEnabled()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s" });
        var exhausted = await engine.ExhaustAsync();
        await engine.Subscriptions.DisableAsync("s");

        await engine.Deliveries.ResendAsync(exhausted.Id);
        await engine.AdvanceAsync(Minute);
        Assert.That(engine.Requests, Has.Count.EqualTo(2));

        await engine.Subscriptions.EnableAsync("s");
        await engine.DrainAsync();
        Assert.That((await engine.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task RecoverAsync_AfterAnOutage_SendsTheFailedAndTheMissedThatMatch()
    {
        await using var engine = await StartAsync();
        engine.Clock.Advance(Minute);
        await engine.SubscribeAsync(s => s with
        {
            Id = "s",
            TenantId = "t",
            EventTypes = ["subscriber.*"],
            Filter = WebhookFilter.Attribute("source").EqualTo("API"),
        });
        var api = new PublishOptions { TenantId = "t", Attributes = new Dictionary<string, string> { ["source"] = "API" } };
        await engine.PublishAsync(api with { EventId = "delivered" });
        await engine.DrainAsync();
        engine.Receiver.For(Url).Reply(500, 500, 500, 500, 200);
        await engine.PublishAsync(api with { EventId = "failed-earlier" });
        await engine.AdvanceAsync(Minute);
        var since = engine.Clock.GetUtcNow();
        await engine.PublishAsync(api with { EventId = "failed" });
        await engine.AdvanceAsync(Minute);
        await engine.Subscriptions.DisableAsync("s");
        await engine.PublishAsync(api with { EventId = "missed" });
        await engine.Publisher.PublishAsync(Deleted, 1, api with { EventId = "missed-too" });
        await engine.Publisher.PublishAsync(Opened, 1, api with { EventId = "other-type" });
        await engine.PublishAsync(api with { EventId = "other-source", Attributes = null });
        await engine.PublishAsync(api with { EventId = "other-tenant", TenantId = null });
        await engine.Subscriptions.EnableAsync("s");
        var before = engine.Requests.Count;

        var recovered = await engine.Deliveries.RecoverAsync("s", since);
        await engine.AdvanceAsync(Minute);

        Assert.That(recovered, Is.EqualTo(3));
        Assert.That(engine.Requests.Skip(before).Select(r => r.Headers["webhook-id"]), Is.EquivalentTo(new[] { "failed", "missed", "missed-too" }));
        Assert.That(await engine.Deliveries.RecoverAsync("s", since), Is.Zero, "there is nothing left to recover");
    }

    [Test]
    public async Task RecoverAsync_PublishedBeforeItWasCreated_IsDeliveredToo()
    {
        await using var engine = await StartAsync();
        await engine.PublishAsync();
        engine.Clock.Advance(Minute);
        await engine.SubscribeAsync(s => s with { Id = "s" });

        Assert.That(await engine.Deliveries.RecoverAsync("s", DateTimeOffset.MinValue), Is.EqualTo(1));
    }

    [Test]
    public async Task RecoverAsync_MoreThanOneStep_RecoversAll()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s", Status = SubscriptionStatus.Disabled });
        await engine.Publisher.PublishManyAsync(Created, Enumerable.Range(0, 1234));

        Assert.That(await engine.Deliveries.RecoverAsync("s", DateTimeOffset.MinValue), Is.EqualTo(1234));

        await engine.Subscriptions.EnableAsync("s");
        await engine.DrainAsync();
        Assert.That(engine.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count(), Is.EqualTo(1234));
    }

    [Test]
    public async Task CancelAsync_Pending_IsNeverSent()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500);
        await engine.SubscribeAsync();
        await engine.PublishAsync();
        await engine.DrainAsync();
        var id = (await engine.DeliveryAsync()).Id;

        Assert.That(await engine.Deliveries.CancelAsync(id), Is.True);
        await engine.AdvanceAsync(Minute);

        var canceled = await engine.DeliveryAsync();
        Assert.That((canceled.Status, canceled.CompletedAt), Is.EqualTo((DeliveryStatus.Canceled, (DateTimeOffset?)ManualTimeProvider.DefaultStart)));
        Assert.That(engine.Requests, Has.Count.EqualTo(1));
        Assert.That(await engine.Deliveries.CancelAsync(id), Is.False);
        Assert.That(await engine.Deliveries.CancelAsync(default), Is.False);
    }

    [Test]
    public async Task CancelAsync_WaitingInTheLanesBuffer_IsNotSent()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(5), 200);
        await engine.SubscribeAsync(s => s with { MaxConcurrency = 1 });
        await engine.PublishAsync(new PublishOptions { EventId = "first" });
        await engine.DrainAsync();
        Assert.That(engine.Receiver.ParkedCount, Is.EqualTo(1));

        // The lane is running and its one place is taken: these go straight into its buffer.
        foreach (var id in (string[])["second", "third"]) await engine.PublishAsync(new PublishOptions { EventId = id });
        var second = (await engine.Deliveries.ListAsync(new DeliveryQuery { EventId = "second" })).Items.Single();
        Assert.That(await engine.Deliveries.CancelAsync(second.Id), Is.True);
        await engine.AdvanceAsync(Minute);

        Assert.That(engine.Requests.Select(r => r.Headers["webhook-id"]), Is.EqualTo(new[] { "first", "third" }));
    }

    [Test]
    public async Task CancelAsync_UnderWay_EndsAsItMayAndStaysCanceled()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(5), 500);
        await engine.SubscribeAsync();
        await engine.PublishAsync();
        await engine.DrainAsync();

        Assert.That(await engine.Deliveries.CancelAsync((await engine.DeliveryAsync()).Id), Is.True);
        await engine.AdvanceAsync(Minute);

        Assert.That(engine.Requests.Single().StatusCode, Is.EqualTo(500));
        Assert.That((await engine.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Canceled));
    }

    [Test]
    public async Task DrainAsync_Idle_SaysWhenTheNextIsDue()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500, 200);
        await engine.SubscribeAsync();
        Assert.That(await engine.Deliveries.DrainAsync(), Is.EqualTo(new DrainResult(true, null)));

        await engine.PublishAsync();
        Assert.That(await engine.Deliveries.DrainAsync(), Is.EqualTo(new DrainResult(true, ManualTimeProvider.DefaultStart + TimeSpan.FromSeconds(10))));
        Assert.That(engine.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task DrainAsync_Deadline_TakesNothingNewButLetsTheRestEnd()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(8), 200);
        await engine.SubscribeAsync(s => s with { MaxConcurrency = 1 });
        await engine.Publisher.PublishManyAsync(Created, [1, 2]);
        var parked = WhenParkedAsync(engine.Receiver);

        var drain = engine.Deliveries.DrainAsync(TimeSpan.FromSeconds(5)).AsTask();
        await parked;
        engine.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(drain.IsCompleted, Is.False, "the request under way may end");
        engine.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.That(await drain, Is.EqualTo(new DrainResult(false, engine.Clock.GetUtcNow())), "the other one could go now");
        Assert.That(engine.Requests.Single().StatusCode, Is.EqualTo(200));
        Assert.That((await engine.DeliveriesAsync()).Select(d => d.Status), Is.EqualTo(new[] { DeliveryStatus.Succeeded, DeliveryStatus.Pending }));
    }

    [Test]
    public async Task DrainAsync_Canceled_InterruptsAndUsesUpNoAttempt()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Default.Hang();
        await engine.SubscribeAsync();
        await engine.PublishAsync();
        var parked = WhenParkedAsync(engine.Receiver);
        using var stop = new CancellationTokenSource();

        var drain = engine.Deliveries.DrainAsync(null, stop.Token).AsTask();
        await parked;
        await stop.CancelAsync();

        Assert.That(async () => await drain, Throws.InstanceOf<OperationCanceledException>());
        var delivery = await engine.DeliveryAsync();
        Assert.That((delivery.Status, delivery.AttemptCount), Is.EqualTo((DeliveryStatus.Pending, 0)));
    }

    [Test]
    public async Task DrainAsync_ZeroDeadline_StartsNothing()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();
        await engine.PublishAsync();

        Assert.That((await engine.Deliveries.DrainAsync(TimeSpan.Zero)).IsIdle, Is.False);
        Assert.That(engine.Requests, Is.Empty);
    }

    [Test]
    public async Task DrainAsync_DeadlineInAThousandYears_IsNone()
    {
        await using var engine = await StartAsync();
        Assert.That((await engine.Deliveries.DrainAsync(TimeSpan.MaxValue)).IsIdle, Is.True);
    }

    [Test]
    public async Task DrainAsync_NegativeDeadline_IsRefused()
    {
        await using var engine = await StartAsync();
        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.Deliveries.DrainAsync(TimeSpan.FromSeconds(-1)));
        Assert.That(refused.Message, Does.Contain("-00:00:01"));
    }

    private static async Task WhenParkedAsync(ScriptedReceiver receiver)
    {
        var parked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.ParkedCountChanged += count =>
        {
            if (count > 0) parked.TrySetResult();
        };
        await parked.Task;
    }
}
