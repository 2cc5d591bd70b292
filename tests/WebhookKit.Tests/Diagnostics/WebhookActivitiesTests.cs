using System.Collections.Concurrent;
using System.Diagnostics;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Diagnostics;

/// <summary>Listeners hear the whole process, and tests run side by side: each looks at its own event types only.</summary>
public sealed class WebhookActivitiesTests
{
    [Test]
    public async Task Publish_Traced_IsTheParentThatAttemptsAreLinkedTo()
    {
        using var recorder = new Recorder("traced.once");
        await using var engine = await StartAsync("traced.once");
        engine.Receiver.Reply(500, 200);
        await engine.SubscribeAsync(s => s with { Id = "s" });

        using var request = new Activity("request").Start();
        var receipt = await engine.Publisher.PublishAsync("traced.once", 1);
        request.Stop();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        var publish = recorder.Ended.Single(a => a.OperationName == "publish traced.once");
        var attempts = recorder.Ended.Where(a => a.OperationName == "deliver traced.once").ToArray();
        Assert.That(attempts, Has.Length.EqualTo(2));
        Assert.Multiple(() =>
        {
            Assert.That(publish.Kind, Is.EqualTo(ActivityKind.Producer));
            Assert.That(publish.ParentId, Is.EqualTo(request.Id));
            Assert.That(publish.GetTagItem("webhookkit.event.type"), Is.EqualTo("traced.once"));
            Assert.That(publish.GetTagItem("webhookkit.event.count"), Is.EqualTo(1));

            Assert.That(attempts.Select(a => a.Kind), Is.All.EqualTo(ActivityKind.Client));
            Assert.That(attempts.Select(a => a.TraceId), Has.None.EqualTo(publish.TraceId), "a trace of its own: it may run for days");
            Assert.That(attempts.Select(a => a.Links.Single().Context.TraceId), Is.All.EqualTo(publish.TraceId));
            Assert.That(attempts.Select(a => a.Links.Single().Context.SpanId), Is.All.EqualTo(publish.SpanId));
            Assert.That(attempts.Select(a => a.GetTagItem("webhookkit.message.id")), Is.All.EqualTo(receipt.EventId));
            Assert.That(attempts.Select(a => a.GetTagItem("webhookkit.subscription.id")), Is.All.EqualTo("s"));
            Assert.That(attempts.Select(a => a.GetTagItem("server.address")), Is.All.EqualTo("example.com"));
            Assert.That(attempts.Select(a => a.GetTagItem("webhookkit.outcome")), Is.EqualTo(new[] { "ErrorStatus", "Succeeded" }));
            Assert.That(attempts.Select(a => a.GetTagItem("http.response.status_code")), Is.EqualTo(new object[] { 500, 200 }));
            Assert.That(attempts.Select(a => a.Status), Is.EqualTo(new[] { ActivityStatusCode.Error, ActivityStatusCode.Unset }));
        });
        Assert.That((await engine.EventsAsync()).Single().TraceParent, Is.EqualTo(publish.Id));
    }

    [Test]
    public async Task Publish_TwoTracesInOneBatch_AreBothLinked()
    {
        using var recorder = new Recorder("traced.batch");
        await using var engine = await StartAsync("traced.batch");
        await engine.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxEvents = 3 } });

        await engine.Publisher.PublishAsync("traced.batch", 1);
        await engine.Publisher.PublishManyAsync("traced.batch", [2, 3]);
        await engine.DrainAsync();

        var publishes = recorder.Ended.Where(a => a.Kind == ActivityKind.Producer).Select(a => a.SpanId);
        var attempt = recorder.Ended.Single(a => a.Kind == ActivityKind.Client);
        Assert.That(attempt.Links.Select(l => l.Context.SpanId), Is.EquivalentTo(publishes));
        Assert.That(attempt.GetTagItem("webhookkit.batch.size"), Is.EqualTo(3));
    }

    [Test]
    public async Task Publish_EventWithATraceOfItsOwn_IsLinkedToThatOne()
    {
        const string Own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var recorder = new Recorder("traced.own");
        await using var engine = await StartAsync("traced.own");
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(new WebhookEvent { Type = "traced.own", Data = "1"u8.ToArray(), TraceParent = Own });
        await engine.DrainAsync();

        Assert.That(recorder.Ended.Single(a => a.Kind == ActivityKind.Client).Links.Single().Context.SpanId.ToHexString(), Is.EqualTo("b7ad6b7169203331"));
    }

    [Test]
    public async Task Publish_MalformedTraceParent_IsNotLinked()
    {
        using var recorder = new Recorder("traced.bad");
        await using var engine = await StartAsync("traced.bad");
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(new WebhookEvent { Type = "traced.bad", Data = "1"u8.ToArray(), TraceParent = "nonsense" });
        await engine.DrainAsync();

        Assert.That(recorder.Ended.Single(a => a.Kind == ActivityKind.Client).Links, Is.Empty);
        Assert.That(engine.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Publish_TracedRequest_TellsTheReceiverNothingOfIt()
    {
        using var recorder = new Recorder("traced.quiet");
        await using var engine = await StartAsync("traced.quiet");
        await engine.SubscribeAsync();

        using var request = new Activity("request").AddBaggage("secret", "1").Start();
        await engine.Publisher.PublishAsync("traced.quiet", 1);
        await engine.DrainAsync();

        Assert.That(engine.Requests.Single().Headers.Keys, Has.None.EqualTo("traceparent").IgnoreCase.And.None.EqualTo("baggage").IgnoreCase);
    }

    [Test]
    public async Task Publish_Refused_BeginsNoActivity()
    {
        using var recorder = new Recorder("traced.refused");
        await using var engine = await StartAsync("traced.other");

        await ThrownAsync<WebhookValidationException>(async () => await engine.Publisher.PublishAsync("traced.refused", 1));

        Assert.That(recorder.Ended, Is.Empty);
    }

    [Test]
    public async Task SendTestEvent_Traced_HasAnActivity()
    {
        using var recorder = new Recorder("traced.test");
        await using var engine = await StartAsync("traced.test");
        var subscription = await engine.SubscribeAsync();

        await engine.Subscriptions.SendTestEventAsync(subscription.Id, new WebhookEvent { Type = "traced.test", Data = "1"u8.ToArray() });

        Assert.That(recorder.Ended.Single().GetTagItem("webhookkit.outcome"), Is.EqualTo("Succeeded"));
    }

    private static Task<WebhookTestHarness> StartAsync(string eventType) => TestEngine.StartAsync(configure: w => w.AddEventType(eventType, "For one test."));

    private sealed class Recorder : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Recorder(string eventType)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "WebhookKit",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity =>
                {
                    if (activity.OperationName.EndsWith($" {eventType}", StringComparison.Ordinal)) _ended.Enqueue(activity);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Ended => [.. _ended];

        public void Dispose() => _listener.Dispose();
    }
}
