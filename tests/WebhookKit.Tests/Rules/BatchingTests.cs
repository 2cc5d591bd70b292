using System.Text.Json;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>Batching by count, bytes and age; the same batch, id and bytes on retry.</summary>
public sealed class BatchingTests
{
    private static readonly BatchingOptions Batching = new() { MaxEvents = 10, MaxDelay = TimeSpan.FromMinutes(1) };

    [Test]
    public async Task Age_OldestHasWaited_SendsWhatThereIs()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Batching = Batching });
        await harness.PublishAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(30));
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.That(harness.Requests, Is.Empty);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.That(Sizes(harness), Is.EqualTo(new[] { 2 }));
    }

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.PerKey)]
    [TestCase(DeliveryOrder.Strict)]
    public async Task Count_Reached_SendsAtOnce(DeliveryOrder order)
    {
        await using var harness = await Engine.StartAsync(options: o => o.LaneBufferSize = 16);
        await harness.SubscribeAsync(s => s with { Batching = Batching, Order = order });
        for (var i = 0; i < 25; i++)
        {
            await harness.PublishAsync(i);
            await harness.DrainAsync();
        }

        await harness.DrainAsync();
        Assert.That(Sizes(harness), Is.EqualTo(new[] { 10, 10 }));
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That(Sizes(harness), Is.EqualTo(new[] { 10, 10, 5 }));
    }

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.Strict)]
    public async Task Bytes_Reached_SendsAtOnceAndNoMore(DeliveryOrder order)
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Batching = Batching with { MaxBytes = 250 }, Order = order });
        for (var i = 0; i < 5; i++) await harness.Publisher.PublishAsync("a.b", new { text = new string('x', 80) });
        await harness.DrainAsync();
        Assert.That(Sizes(harness), Is.EqualTo(new[] { 2, 2 }), "three would be 273 bytes; the last one gathers on");
    }

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.Strict)]
    public async Task Batching_SwitchedOnDuringRetries_FreshDeliveriesKeepTheirWholeSchedule(DeliveryOrder order)
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Retry = new RetrySchedule(TimeSpan.FromSeconds(10)) });
        var subscription = await harness.SubscribeAsync(s => s with { Order = order });
        harness.Receiver.Reply(500);
        await harness.PublishAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));
        await harness.Subscriptions.UpdateAsync((await harness.Subscriptions.GetAsync(subscription.Id))! with { Batching = Batching with { MaxEvents = 3 } });
        await harness.AdvanceAsync(TimeSpan.FromSeconds(9));
        await harness.PublishAsync(2);
        await harness.PublishAsync(3);
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That((await harness.DeliveriesAsync()).Select(d => d.AttemptCount), Is.EqualTo(new[] { 2, 2, 2 }));
    }

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.Strict)]
    public async Task Retry_Failed_SameBatchIdAndBytes(DeliveryOrder order)
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Batching = Batching, Order = order });
        harness.Receiver.Reply(500, 500, 500, 200);
        for (var i = 0; i < 7; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        for (var i = 7; i < 12; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        var batches = harness.Requests.GroupBy(r => r.MessageId()).ToArray();
        var deliveries = await harness.DeliveriesAsync();
        Assert.Multiple(() =>
        {
            Assert.That(batches, Has.Length.EqualTo(2), "those that came later are a batch of their own");
            foreach (var batch in batches) Assert.That(batch.Select(r => r.BodyText).Distinct().Count(), Is.EqualTo(1));
            Assert.That(deliveries, Has.All.Property("Status").EqualTo(DeliveryStatus.Succeeded));
            Assert.That(deliveries.Select(d => d.EventId), Is.Unique);
        });
    }

    [Test]
    public async Task Retry_GatheredInAnotherOrderThanStored_SameBatchIdAndBytes()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Retry = new RetrySchedule(TimeSpan.FromSeconds(5)) });
        await harness.SubscribeAsync(s => s with { Batching = Batching });
        harness.Receiver.Reply(500, 500, 500, 500, 200);

        // The first is exhausted, and resent after the second was stored: it is due later, but was stored earlier.
        await harness.PublishAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        await harness.Deliveries.ResendAsync((await harness.DeliveriesAsync()).First(d => d.Status == DeliveryStatus.Exhausted).Id);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));

        var both = harness.Requests.Where(r => Size(r) == 2).ToArray();
        Assert.That(both, Has.Length.EqualTo(2));
        Assert.That(both[1].BodyText, Is.EqualTo(both[0].BodyText));
        Assert.That(both[1].MessageId(), Is.EqualTo(both[0].MessageId()));
    }

    [Test]
    public async Task Retry_PutOffByAFaultOfOurs_SameBatchIdAndBytes()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Signer = new SignerThatFailsAt(2) });
        await harness.SubscribeAsync(s => s with { Batching = Batching });
        harness.Receiver.Reply(500, 200);

        // How long it is put off depends on its age, and these two are not of one age.
        await harness.PublishAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(30));
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.That(Sizes(harness), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(harness.Requests[1].BodyText, Is.EqualTo(harness.Requests[0].BodyText));
        Assert.That(harness.Requests[1].MessageId(), Is.EqualTo(harness.Requests[0].MessageId()));
    }

    [Test]
    public async Task Attempts_OfABatch_AreRecordedOnEachDelivery()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Batching = Batching });
        harness.Receiver.Reply(500, 200);
        for (var i = 0; i < 3; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        foreach (var delivery in await harness.DeliveriesAsync())
        {
            var attempts = await harness.Deliveries.GetAttemptsAsync(delivery.Id);
            Assert.That(attempts.Select(a => (a.Number, a.BatchSize)), Is.EqualTo(new[] { (1, 3), (2, 3) }));
        }
    }

    private static int[] Sizes(WebhookTestHarness harness) => [.. harness.Requests.Select(Size)];

    private static int Size(ReceivedRequest request) => JsonDocument.Parse(request.Body).RootElement.GetArrayLength();

    private sealed class SignerThatFailsAt(int call) : ISigner
    {
        private readonly ISigner _inner = WebhookProfiles.StandardWebhooks.Signer!;
        private int _calls;

        public void Sign(in SigningContext context, WebhookHeaders headers)
        {
            if (++_calls == call) throw new InvalidOperationException("A bug of the host's.");
            _inner.Sign(context, headers);
        }

        public string? FindSecretFault(string secret) => _inner.FindSecretFault(secret);

        public string GenerateSecret() => _inner.GenerateSecret();
    }
}
