using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Diagnostics;

public sealed class WebhookObserverTests
{
    [Test]
    public async Task Observer_FailureAndRecovery_IsToldAllOfIt()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500, 200);
        await engine.SubscribeAsync(s => s with { Id = "s" });

        await engine.PublishAsync(new PublishOptions { EventId = "e1" });
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        await engine.PublishAsync(new PublishOptions { EventId = "e2" });
        await engine.DrainAsync();

        Assert.That(Told(engine), Is.EqualTo(new[]
        {
            "s: ErrorStatus e1 Pending 1",
            "s: Succeeded e1 Succeeded 2",
            "s: recovered, failing since 00:00:00",
            "s: Succeeded e2 Succeeded 1",
        }));
    }

    [Test]
    public async Task Observer_Exhausted_IsToldOfTheFailedDelivery()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500);
        await engine.SubscribeAsync(s => s with { Id = "s" });

        await engine.PublishAsync(new PublishOptions { EventId = "e1" });
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.That(Told(engine), Is.EqualTo(new[] { "s: ErrorStatus e1 Pending 1", "s: ErrorStatus e1 Exhausted 2", "s: failed e1 Exhausted" }));
    }

    [Test]
    public async Task Observer_ExpiredWithoutAnAttempt_IsToldOfTheFailedDelivery()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s", Status = SubscriptionStatus.Paused });
        await engine.PublishAsync(new PublishOptions { EventId = "e1", TimeToLive = TimeSpan.FromSeconds(1) });
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        await engine.Subscriptions.EnableAsync("s");
        await engine.DrainAsync();

        Assert.That(Told(engine), Is.EqualTo(new[] { "s: failed e1 Expired" }));
        Assert.That(engine.Requests, Is.Empty);
    }

    [Test]
    public async Task Observer_DisabledByRule_IsToldAfterItIsStored()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(410);
        await engine.SubscribeAsync(s => s with { Id = "s", Profile = null });

        await engine.PublishAsync(new PublishOptions { EventId = "e1" });
        await engine.DrainAsync();
        await engine.Subscriptions.EnableAsync("s");
        await engine.Subscriptions.DisableAsync("s", "by hand");

        Assert.That(Told(engine), Is.EquivalentTo(new[] { "s: disabled (stored)", "s: Gone e1 Exhausted 1", "s: failed e1 Exhausted" }), "not when it is done by hand");
    }

    [Test]
    public async Task Observer_Batch_IsToldOnceOfAll()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s", Batching = new BatchingOptions { MaxEvents = 2 } });

        await engine.Publisher.PublishManyAsync(
            [new WebhookEvent { Id = "e1", Type = Created, Data = "1"u8.ToArray() }, new WebhookEvent { Id = "e2", Type = Created, Data = "2"u8.ToArray() }]);
        await engine.DrainAsync();

        Assert.That(Told(engine), Is.EqualTo(new[] { "s: Succeeded e1 Succeeded 1, e2 Succeeded 1" }));
    }

    [Test]
    public async Task Observer_Throws_ChangesNothingAndIsLogged()
    {
        using var log = new LogCapture();
        await using var engine = await TestEngine.StartAsync(configure: w => w
            .AddObserver<Faulty>()
            .AddObserver<Teller>()
            .Services.AddSingleton<ConcurrentQueue<string>>().AddLogging(l => l.AddProvider(log)));
        engine.Receiver.Reply(500, 200, 410);
        await engine.SubscribeAsync(s => s with { Id = "s", Profile = null });
        await engine.PublishAsync(new PublishOptions { EventId = "e1" });
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        await engine.PublishAsync(new PublishOptions { EventId = "e2" });
        await engine.DrainAsync();

        Assert.Multiple(() =>
        {
            Assert.That(engine.Requests, Has.Count.EqualTo(3));
            Assert.That(Told(engine), Has.Count.EqualTo(6), "the other observer is told of everything");
            Assert.That(log.Lines.Where(l => l.EventId == 7).Select(l => (l.Level, l.Values["Observer"], l.Exception!.Message)), Is.EquivalentTo(new[]
            {
                (LogLevel.Error, (object?)nameof(Faulty), "attempt"),
                (LogLevel.Error, nameof(Faulty), "attempt"),
                (LogLevel.Error, nameof(Faulty), "attempt"),
                (LogLevel.Error, nameof(Faulty), "recovered"),
                (LogLevel.Error, nameof(Faulty), "disabled"),
                (LogLevel.Error, nameof(Faulty), "failed"),
            }));
        });
        Assert.That((await engine.DeliveriesAsync()).Select(d => (d.EventId, d.Status)), Is.EqualTo(
            new[] { ("e1", DeliveryStatus.Succeeded), ("e2", DeliveryStatus.Exhausted) }));
    }

    private static Task<WebhookTestHarness> StartAsync() =>
        TestEngine.StartAsync(configure: w => w.AddObserver<Teller>().Services.AddSingleton<ConcurrentQueue<string>>());

    private static IReadOnlyList<string> Told(WebhookTestHarness engine) => [.. engine.Services.GetRequiredService<ConcurrentQueue<string>>()];

    /// <summary>Writes down what it is told.</summary>
    private sealed class Teller(ConcurrentQueue<string> told, IWebhookStore store) : IWebhookObserver
    {
        public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt) => told.Enqueue(
            $"{subscription.Id}: {attempt.Outcome} {string.Join(", ", deliveries.Select(d => $"{d.EventId} {d.Status} {d.AttemptCount}"))}");

        public void OnDeliveryFailed(WebhookSubscription subscription, WebhookDelivery delivery) => told.Enqueue($"{subscription.Id}: failed {delivery.EventId} {delivery.Status}");

        public void OnSubscriptionDisabled(WebhookSubscription subscription)
        {
            // The in-memory store answers at once.
            var stored = store.GetSubscriptionAsync(subscription.Id, CancellationToken.None).AsTask().Result!;
            var isStored = (stored.Status, stored.StatusReason, stored.StatusChangedAt) == (subscription.Status, subscription.StatusReason, subscription.StatusChangedAt);
            told.Enqueue($"{subscription.Id}: disabled ({(isStored ? "stored" : "not as stored")})");
        }

        public void OnEndpointRecovered(WebhookSubscription subscription, DateTimeOffset failingSince) =>
            told.Enqueue($"{subscription.Id}: recovered, failing since {failingSince - ManualTimeProvider.DefaultStart}");
    }

    private sealed class Faulty : IWebhookObserver
    {
        public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt) => throw new InvalidOperationException("attempt");

        public void OnDeliveryFailed(WebhookSubscription subscription, WebhookDelivery delivery) => throw new InvalidOperationException("failed");

        public void OnSubscriptionDisabled(WebhookSubscription subscription) => throw new InvalidOperationException("disabled");

        public void OnEndpointRecovered(WebhookSubscription subscription, DateTimeOffset failingSince) => throw new InvalidOperationException("recovered");
    }
}
