using NUnit.Framework;
using WebhookKit.Testing;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Management;

public sealed class TestEventTests
{
    [TestCase(SubscriptionStatus.Enabled)]
    [TestCase(SubscriptionStatus.Paused)]
    [TestCase(SubscriptionStatus.Disabled)]
    public async Task SendTestEventAsync_AnyStatus_ReturnsTheAnswerAndStoresNothing(SubscriptionStatus status)
    {
        await using var engine = await StartAsync();
        var subscription = await engine.SubscribeAsync(s => s with { TenantId = "t", Status = status, RateLimit = new RateLimit(1, TimeSpan.FromDays(1)) });
        engine.Receiver.Default.Reply(new ScriptedReply(418) { Body = "teapot" });

        var attempts = new[] { await engine.Subscriptions.SendTestEventAsync(subscription.Id), await engine.Subscriptions.SendTestEventAsync(subscription.Id) };

        var attempt = attempts[0];
        Assert.Multiple(() =>
        {
            Assert.That(engine.Requests, Has.Count.EqualTo(2), "its rate limit does not count");
            Assert.That(engine.Requests[0].BodyText, Is.EqualTo("""{"type":"webhook.test","timestamp":"2030-01-01T00:00:00.000000Z","data":{"test":true}}"""));
            Assert.That(engine.Requests[0].IsVerifiedBy(subscription.Secrets[0].Value, engine.Clock), Is.True);
            Assert.That((attempt.Number, attempt.Outcome, attempt.StatusCode, attempt.ResponseBody), Is.EqualTo((0, AttemptOutcome.ErrorStatus, (int?)418, "teapot")));
            Assert.That(attempt.MessageId, Is.EqualTo(engine.Requests[0].Headers["webhook-id"]));
            Assert.That(attempts.Select(a => a.MessageId), Is.Unique);
        });
        Assert.That(await engine.EventsAsync("t"), Is.Empty);
        Assert.That(await engine.DeliveriesAsync(), Is.Empty);
        Assert.That(await engine.Subscriptions.GetAsync(subscription.Id), Is.EqualTo(subscription));
    }

    [Test]
    public async Task SendTestEventAsync_Sample_IsSentAsGiven()
    {
        await using var engine = await StartAsync();
        var subscription = await engine.SubscribeAsync();

        var attempt = await engine.Subscriptions.SendTestEventAsync(subscription.Id, new WebhookEvent
        {
            Id = "sample-1",
            Type = Created,
            OccurredAt = new DateTimeOffset(2029, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Data = """{"email":"sample@example.com"}"""u8.ToArray(),
        });

        Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
        Assert.That(attempt.MessageId, Is.EqualTo("sample-1"));
        Assert.That(engine.Requests.Single().BodyText, Is.EqualTo(
            """{"type":"subscriber.created","timestamp":"2029-01-02T03:04:05.000000Z","data":{"email":"sample@example.com"}}"""));
    }

    [Test]
    public async Task SendTestEventAsync_Batching_LooksLikeABatch()
    {
        await using var engine = await StartAsync();
        var subscription = await engine.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxDelay = TimeSpan.FromHours(1) } });

        await engine.Subscriptions.SendTestEventAsync(subscription.Id);

        Assert.That(engine.Requests.Single().BodyText, Does.StartWith("[{").And.EndsWith("}]"));
    }

    [Test]
    public async Task SendTestEventAsync_Failing_LeavesHealthAndBreakerAlone()
    {
        await using var engine = await StartAsync(o => o.Breaker.Failures = 1);
        engine.Receiver.Reply(410, 410, 410, 200);
        var subscription = await engine.SubscribeAsync(s => s with { Profile = null });
        for (var i = 0; i < 3; i++) await engine.Subscriptions.SendTestEventAsync(subscription.Id);

        await engine.PublishAsync();
        await engine.DrainAsync();

        Assert.That(await engine.Subscriptions.GetAsync(subscription.Id), Is.EqualTo(subscription));
        Assert.That((await engine.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task SendTestEventAsync_NoAnswer_EndsAtTheDeadline()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Default.Hang();
        var subscription = await engine.SubscribeAsync();

        var sending = engine.Subscriptions.SendTestEventAsync(subscription.Id).AsTask();
        engine.Clock.Advance(TimeSpan.FromSeconds(15));

        Assert.That((await sending).Outcome, Is.EqualTo(AttemptOutcome.TimedOut));
        Assert.That((await sending).Duration, Is.EqualTo(TimeSpan.FromSeconds(15)));
    }

    [Test]
    public async Task SendTestEventAsync_Canceled_Stops()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Default.Hang();
        var subscription = await engine.SubscribeAsync();
        using var stop = new CancellationTokenSource();

        var sending = engine.Subscriptions.SendTestEventAsync(subscription.Id, null, stop.Token).AsTask();
        await stop.CancelAsync();

        Assert.That(async () => await sending, Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task SendTestEventAsync_FormatOrSignerThrows_SaysWhichAndWhy(bool inFormat)
    {
        var format = new Moq.Mock<IWebhookFormat>();
        format.Setup(f => f.Format(Moq.It.Ref<FormatContext>.IsAny)).Throws(new InvalidOperationException("format trouble"));
        var signer = new Moq.Mock<ISigner>();
        signer.Setup(s => s.GenerateSecret()).Returns("x");
        signer.Setup(s => s.Sign(Moq.It.Ref<SigningContext>.IsAny, Moq.It.IsAny<WebhookHeaders>())).Throws(new InvalidOperationException("signer trouble"));
        var faulty = inFormat ? Brief with { Name = "faulty", Format = format.Object } : Brief with { Name = "faulty", Signer = signer.Object };
        await using var engine = await StartAsync(configure: w => w.AddProfile(faulty));
        var subscription = await engine.SubscribeAsync(s => s with { Profile = "faulty" });

        var thrown = await ThrownAsync<WebhookConflictException>(async () => await engine.Subscriptions.SendTestEventAsync(subscription.Id));

        Assert.That(thrown.Message, Does.Contain(inFormat ? "stage Format" : "stage Sign").And.Contain(inFormat ? "format trouble" : "signer trouble"));
        Assert.That(thrown.InnerException, Is.TypeOf<InvalidOperationException>());
        Assert.That(engine.Requests, Is.Empty);
    }

    [TestCase("a.b", "1", "Id")]
    [TestCase("a\r\nb", "1", "Id")]
    [TestCase("a", "1},{", "Data")]
    [TestCase("a", "1", "EventType", "any type")]
    public async Task SendTestEventAsync_BadSample_IsRefused(string id, string data, string field, string type = "any.type")
    {
        await using var engine = await StartAsync();
        var subscription = await engine.SubscribeAsync();
        var sample = new WebhookEvent { Id = id, Type = type, Data = System.Text.Encoding.UTF8.GetBytes(data) };

        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.Subscriptions.SendTestEventAsync(subscription.Id, sample));

        Assert.That(refused.Errors.Single().Field, Is.EqualTo(field));
        Assert.That(engine.Requests, Is.Empty);
    }
}
