using NUnit.Framework;
using WebhookKit.Statistics;
using WebhookKit.Tests.Matching;

namespace WebhookKit.Tests.Statistics;

public sealed class AttemptCountersTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void Attempted_EachOutcome_IsCounted()
    {
        var counters = new AttemptCounters(new WebhookOptions());
        var model = Models.Subscription("s", ["*"], tenant: "t");
        counters.Attempted(model, Attempt(AttemptOutcome.Succeeded, 40), [Delivery(DeliveryStatus.Succeeded), Delivery(DeliveryStatus.Succeeded)]);
        counters.Attempted(model, Attempt(AttemptOutcome.ErrorStatus, 60), [Delivery(DeliveryStatus.Pending), Delivery(DeliveryStatus.Exhausted)]);
        counters.Attempted(model, Attempt(AttemptOutcome.Unsendable, 0), [Delivery(DeliveryStatus.Exhausted)]);
        counters.GaveUp(model, 3, Start);

        var row = counters.Take().Single();
        Assert.That((row.TenantId, row.SubscriptionId, row.Span, row.At), Is.EqualTo(("t", "s", TimeSpan.FromMinutes(5), Start)));
        Assert.That((row.Delivered, row.FailedAttempts, row.GaveUp, row.MaxLatency), Is.EqualTo((2, 2, 5, TimeSpan.FromMilliseconds(60))));
        Assert.That(row.Latencies.Sum(), Is.EqualTo(2), "what could not be sent took no time");
        Assert.That(row.LastAttemptAt, Is.EqualTo(Start.AddMilliseconds(60)));
        Assert.That(counters.Take(), Is.Empty);
    }

    [Test]
    public void Attempted_OverTheEndOfASpan_CountsWhereItEnds()
    {
        var counters = new AttemptCounters(new WebhookOptions());
        var model = Models.Subscription("s", ["*"]);
        counters.Attempted(model, Attempt(AttemptOutcome.Succeeded, 299_999), [Delivery(DeliveryStatus.Succeeded)]);
        counters.Attempted(model, Attempt(AttemptOutcome.Succeeded, 300_000), [Delivery(DeliveryStatus.Succeeded)]);
        Assert.That(counters.Take().Select(r => r.At).Order(), Is.EqualTo(new[] { Start, Start.AddMinutes(5) }));
    }

    [Test]
    public void Attempted_KeptForNoTime_IsNotCounted()
    {
        var counters = new AttemptCounters(new WebhookOptions { Retention = { Statistics = TimeSpan.Zero } });
        counters.Attempted(Models.Subscription("s", ["*"]), Attempt(AttemptOutcome.Succeeded, 1), [Delivery(DeliveryStatus.Succeeded)]);
        counters.GaveUp(Models.Subscription("s", ["*"]), 1, Start);
        Assert.That(counters.Take(), Is.Empty);
    }

    [Test]
    public async Task Take_WhileOthersCount_LosesNothing()
    {
        const int threads = 4, each = 20_000;
        var counters = new AttemptCounters(new WebhookOptions());
        var models = Enumerable.Range(0, 3).Select(i => Models.Subscription($"s{i}", ["*"])).ToArray();
        var attempt = Attempt(AttemptOutcome.Succeeded, 1);
        WebhookDelivery[] deliveries = [Delivery(DeliveryStatus.Succeeded)];
        var counting = Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) counters.Attempted(models[i % 3], attempt, deliveries);
        })));

        long delivered = 0, timed = 0;
        void Add()
        {
            foreach (var row in counters.Take()) (delivered, timed) = (delivered + row.Delivered, timed + row.Latencies.Sum());
        }

        while (!counting.IsCompleted)
        {
            Add();
            await Task.Yield();
        }

        await counting;
        Add();
        Assert.That((delivered, timed), Is.EqualTo((threads * each, threads * each)));
    }

    /// <summary>Who has found a counter may be so late that it has been taken meanwhile: then it is told to find another.</summary>
    [Test]
    public void TryCount_TakenMeanwhile_RefusesAndLeavesWhatWasTaken()
    {
        var counter = new AttemptCounter("t");
        Assert.That(counter.TryCount(Attempt(AttemptOutcome.Succeeded, 1), Start, delivered: 1, gaveUp: 0), Is.True);
        var taken = counter.Take("s", Start);
        Assert.That(counter.TryCount(Attempt(AttemptOutcome.Succeeded, 1), Start, delivered: 1, gaveUp: 0), Is.False);
        Assert.That((taken.Delivered, taken.Latencies.Sum()), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Attempted_KnownSubscription_AllocatesNothing()
    {
        var counters = new AttemptCounters(new WebhookOptions());
        var model = Models.Subscription("s", ["*"]);
        var attempt = Attempt(AttemptOutcome.Succeeded, 1);
        WebhookDelivery[] deliveries = [Delivery(DeliveryStatus.Succeeded)];
        for (var i = 0; i < 1000; i++) counters.Attempted(model, attempt, deliveries);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) counters.Attempted(model, attempt, deliveries);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static DeliveryAttempt Attempt(AttemptOutcome outcome, double milliseconds) =>
        new() { MessageId = "m", StartedAt = Start, Duration = TimeSpan.FromMilliseconds(milliseconds), Outcome = outcome };

    private static WebhookDelivery Delivery(DeliveryStatus status) =>
        new() { Id = Guid.NewGuid(), EventId = "e", EventType = "a.b", SubscriptionId = "s", CreatedAt = Start, DueAt = Start, Status = status };
}
