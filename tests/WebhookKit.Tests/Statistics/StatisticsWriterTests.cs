using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using WebhookKit.Diagnostics;
using WebhookKit.Statistics;
using WebhookKit.Testing;
using WebhookKit.Tests.Matching;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Statistics;

/// <summary>What cannot be stored is kept and stored later, as much as there is room for.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StatisticsWriterTests
{
    private readonly AttemptCounters _counters = new(new WebhookOptions());
    private readonly ManualTimeProvider _clock = new();
    private readonly FaultyStore _store;
    private readonly StatisticsWriter _writer;

    public StatisticsWriterTests()
    {
        _store = new FaultyStore(_clock);
        _writer = Create();
    }

    [Test]
    public async Task Flush_Counts_FillsEachSpanAndTheTenant()
    {
        Count("a", "t");
        Count("b", "t");
        await _writer.FlushAsync(default);
        foreach (var span in StatisticsSpans.All)
        {
            Assert.That(await DeliveredAsync("a", "t", span), Is.EqualTo(1));
            Assert.That(await DeliveredAsync(null, "t", span), Is.EqualTo(2));
            Assert.That(await DeliveredAsync(null, null, span), Is.Zero);
        }
    }

    [Test]
    public async Task Flush_StoreAway_KeepsTheCountsAndAddsThemOnce()
    {
        _store.Before = method => throw new WebhookStoreException($"{method} failed.");
        for (var i = 0; i < 3; i++)
        {
            Count("a");
            await Assert.ThrowsAsync<WebhookStoreException>(async () => await _writer.FlushAsync(default));
        }

        _store.Before = _ => { };
        Count("a");
        await _writer.FlushAsync(default);
        await _writer.FlushAsync(default);
        Assert.That(await DeliveredAsync("a"), Is.EqualTo(4));
        Assert.That(await DeliveredAsync(null), Is.EqualTo(4));
    }

    [Test]
    public async Task Flush_FailsHalfWay_AddsTheRestLater()
    {
        var steps = 0;
        _store.Before = _ => Assert.That(++steps, Is.Not.EqualTo(2), "the second step fails");
        for (var i = 0; i < 400; i++) Count($"s{i}");
        await Assert.ThatAsync(async () => await _writer.FlushAsync(default), Throws.Exception);
        await _writer.FlushAsync(default);
        await _writer.FlushAsync(default);

        Assert.That(steps, Is.EqualTo(4), "1,203 rows in three steps, of which one is made again");
        Assert.That(await DeliveredAsync(null), Is.EqualTo(400));
        for (var i = 0; i < 400; i++) Assert.That(await DeliveredAsync($"s{i}"), Is.EqualTo(1));
    }

    [Test]
    public async Task Flush_NoRoom_DropsWhatIsNewAndGoesOn()
    {
        var writer = Create(maxUnsaved: 6);
        _store.Before = _ => throw new WebhookStoreException("Away.");
        Count("a");
        await writer.TryFlushAsync(default);
        Count("a");
        Count("b");
        await writer.TryFlushAsync(default);

        _store.Before = _ => { };
        await writer.FlushAsync(default);
        Assert.That((await DeliveredAsync("a"), await DeliveredAsync("b")), Is.EqualTo((2, 0)));
    }

    /// <summary>An event that goes to very many: only while the store is away is anything dropped.</summary>
    [Test]
    public async Task Flush_MoreSubscriptionsThanThereIsRoomFor_StoresAll()
    {
        var writer = Create(maxUnsaved: 20);
        for (var i = 0; i < 100; i++) Count($"s{i}");
        await writer.FlushAsync(default);

        for (var i = 0; i < 100; i++) Assert.That(await DeliveredAsync($"s{i}"), Is.EqualTo(1));
        Assert.That(await DeliveredAsync(null), Is.EqualTo(100));
    }

    [Test]
    public async Task Flush_ManyAtOnce_AddsEachOnce()
    {
        for (var i = 0; i < 50; i++) Count("a");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await _writer.FlushAsync(default))));
        Assert.That(await DeliveredAsync("a"), Is.EqualTo(50));
    }

    private StatisticsWriter Create(int maxUnsaved = StatisticsWriter.MaxUnsaved) => new(_counters, _store, new SafeLogger<StatisticsWriter>(NullLoggerFactory.Instance), maxUnsaved);

    private void Count(string id, string? tenant = null)
    {
        var now = _clock.GetUtcNow();
        _counters.Attempted(
            Models.Subscription(id, ["*"], tenant),
            new DeliveryAttempt { MessageId = "m", StartedAt = now, Duration = TimeSpan.FromMilliseconds(3), Outcome = AttemptOutcome.Succeeded },
            [new WebhookDelivery { Id = Guid.NewGuid(), EventId = "e", EventType = "a.b", SubscriptionId = id, CreatedAt = now, DueAt = now, Status = DeliveryStatus.Succeeded }]);
    }

    private async Task<long> DeliveredAsync(string? id, string? tenant = null, TimeSpan? span = null) =>
        (await _store.ReadStatisticsAsync(new StatisticsRange(tenant, span ?? StatisticsSpans.Shortest, DateTimeOffset.MinValue, DateTimeOffset.MaxValue), id, default)).Sum(r => r.Delivered);
}
