using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Diagnostics;

public sealed class WebhookMetricsTests
{
    [Test]
    public async Task Published_EachEventStored_IsCountedByType()
    {
        await using var engine = await StartAsync();
        using var meter = new Recorder(engine);

        await engine.PublishAsync(new PublishOptions { EventId = "e1" });
        await engine.PublishAsync(new PublishOptions { EventId = "e1" });
        await engine.Publisher.PublishManyAsync(Deleted, [1, 2]);
        using (engine.Publisher.SuppressPublishing()) await engine.PublishAsync();
        await ThrownAsync<WebhookValidationException>(async () => await engine.Publisher.PublishAsync("nope", 1));

        Assert.That(meter.Of("webhookkit.events.published"), Is.EqualTo(new[] { (1.0, Created), (1.0, Deleted), (1.0, Deleted) }), "no duplicates");
    }

    [Test]
    public async Task Attempts_ByOutcome_AreCountedAndTimed()
    {
        await using var engine = await StartAsync();
        using var meter = new Recorder(engine);
        engine.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(2), 500).ReplyAfter(TimeSpan.FromSeconds(1), 200);
        await engine.SubscribeAsync();

        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Multiple(() =>
        {
            Assert.That(meter.Of("webhookkit.attempts"), Is.EqualTo(new[] { (1.0, "ErrorStatus"), (1.0, "Succeeded") }));
            Assert.That(meter.Of("webhookkit.attempt.duration"), Is.EqualTo(new[] { (2.0, "ErrorStatus"), (1.0, "Succeeded") }));
            Assert.That(meter.Of("webhookkit.delivery.latency"), Is.EqualTo(new[] { (13.0, "") }), "from publishing to success");
        });
    }

    [Test]
    public async Task Attempts_Batch_IsOneAttemptAndALatencyEach()
    {
        await using var engine = await StartAsync();
        using var meter = new Recorder(engine);
        await engine.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxEvents = 3 } });

        await engine.Publisher.PublishManyAsync(Created, [1, 2, 3]);
        await engine.DrainAsync();

        Assert.That(meter.Of("webhookkit.attempts"), Has.Count.EqualTo(1));
        Assert.That(meter.Of("webhookkit.delivery.latency"), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task QueueDepth_Pending_IsMeasuredWithTheOldestDue()
    {
        await using var engine = await StartAsync();
        using var meter = new Recorder(engine);
        await engine.SubscribeAsync(s => s with { Status = SubscriptionStatus.Paused });
        Assert.That(meter.Observe("webhookkit.queue.depth"), Is.Empty, "nothing has been measured yet");
        await engine.Services.GetRequiredService<PartitionOwner>().RenewAsync(CancellationToken.None);
        await engine.PublishAsync();
        engine.Clock.Advance(TimeSpan.FromSeconds(5));
        await engine.PublishAsync();

        await engine.Services.GetRequiredService<DepthSampler>().SampleAsync(CancellationToken.None);
        engine.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(meter.Observe("webhookkit.queue.depth"), Is.EqualTo(new[] { (2.0, "") }));
        Assert.That(meter.Observe("webhookkit.queue.oldest_due"), Is.EqualTo(new[] { (7.0, "") }));
    }

    [Test]
    public async Task QueueDepth_NothingPending_IsZero()
    {
        await using var engine = await StartAsync();
        using var meter = new Recorder(engine);
        await engine.Services.GetRequiredService<PartitionOwner>().RenewAsync(CancellationToken.None);
        await engine.Services.GetRequiredService<DepthSampler>().SampleAsync(CancellationToken.None);

        Assert.That(meter.Observe("webhookkit.queue.depth"), Is.EqualTo(new[] { (0.0, "") }));
        Assert.That(meter.Observe("webhookkit.queue.oldest_due"), Is.EqualTo(new[] { (0.0, "") }));
    }

    [Test]
    public async Task QueueDepth_NobodyLooks_IsNotMeasured()
    {
        var measured = 0;
        await using var engine = await StartAsync(configure: w => w.UseStore(p =>
        {
            var inner = new WebhookKit.Storage.InMemory.InMemoryWebhookStore(new InMemoryStoreOptions(), p.GetRequiredService<TimeProvider>());
            var store = new Moq.Mock<IWebhookStore>();
            store.Setup(s => s.MeasureAsync(Moq.It.IsAny<IReadOnlyCollection<int>>(), Moq.It.IsAny<CancellationToken>()))
                .Callback(() => measured++).Returns(new ValueTask<QueueDepth>(new QueueDepth(0, null)));
            store.Setup(s => s.PartitionCount).Returns(inner.PartitionCount);
            store.Setup(s => s.ReadChangesAsync(Moq.It.IsAny<long>(), Moq.It.IsAny<CancellationToken>())).Returns(inner.ReadChangesAsync);
            return store.Object;
        }));
        var sampler = engine.Services.GetRequiredService<DepthSampler>();

        await sampler.SampleAsync(CancellationToken.None);
        Assert.That(measured, Is.Zero);

        using var meter = new Recorder(engine);
        await sampler.SampleAsync(CancellationToken.None);
        Assert.That(measured, Is.EqualTo(1));
    }

    [Test]
    public async Task OpenBreakers_OfThisNode_AreCounted()
    {
        await using var engine = await StartAsync(o => o.Breaker.Failures = 2);
        using var meter = new Recorder(engine);
        engine.Receiver.Reply(500);
        await engine.SubscribeAsync();
        await engine.SubscribeAsync(s => s with { EventTypes = [] });
        var sampler = engine.Services.GetRequiredService<DepthSampler>();

        await sampler.SampleAsync(CancellationToken.None);
        Assert.That(meter.Observe("webhookkit.breakers.open"), Is.EqualTo(new[] { (0.0, "") }));

        await engine.Publisher.PublishManyAsync(Created, [1, 2]);
        await engine.DrainAsync();
        await sampler.SampleAsync(CancellationToken.None);
        Assert.That(meter.Observe("webhookkit.breakers.open"), Is.EqualTo(new[] { (1.0, "") }));
    }

    /// <summary>Listens to the instruments of one engine: each has a meter factory, and so a meter, of its own.</summary>
    private sealed class Recorder : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Lock _lock = new();
        private readonly List<(string Instrument, double Value, string Tag)> _seen = [];

        public Recorder(WebhookTestHarness engine)
        {
            var scope = engine.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "WebhookKit" && ReferenceEquals(instrument.Meter.Scope, scope)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public List<(double Value, string Tag)> Of(string instrument)
        {
            lock (_lock) return [.. _seen.Where(s => s.Instrument == instrument).Select(s => (s.Value, s.Tag))];
        }

        public List<(double Value, string Tag)> Observe(string instrument)
        {
            lock (_lock) _seen.Clear();
            _listener.RecordObservableInstruments();
            return Of(instrument);
        }

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var tag = tags.IsEmpty ? "" : $"{tags[0].Value}";
            lock (_lock) _seen.Add((instrument.Name, value, tag));
        }
    }
}
