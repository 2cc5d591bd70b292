using System.Diagnostics;
using NUnit.Framework;
using WebhookKit.Tests.Sending.Guarding;

namespace WebhookKit.Tests.Sending;

/// <summary>What of the publisher's trace is on the wire: nothing, unless the host wants it, and then no baggage.</summary>
[NonParallelizable] // Listeners hear the whole process.
public sealed class TraceParentTests
{
    private static readonly string[] TraceHeaders = ["traceparent", "tracestate", "baggage", "Correlation-Context", "Request-Id", "X-Amzn-Trace-Id", "b3"];

    [TestCase(false)]
    [TestCase(true)]
    public async Task Delivery_Default_TellsNothingOfTheTrace(bool listened)
    {
        using var listener = listened ? Listen([]) : null;
        using var server = new LoopbackServer();
        await using var engine = await StartAsync(sends: false);

        using var request = Current();
        var subscription = await engine.SubscribeAsync(server.Port);
        await engine.DeliverAsync();
        await engine.Subscriptions.SendTestEventAsync(subscription.Id);

        Assert.That(server.Heads, Has.Count.EqualTo(2));
        foreach (var head in server.Heads) Assert.That(HeadersOf(head).Intersect(TraceHeaders, StringComparer.OrdinalIgnoreCase), Is.Empty);
        Assert.That(string.Concat(server.Heads), Does.Not.Contain("geheim"));
    }

    [Test]
    public async Task Delivery_WithTheOption_SendsTheAttemptsOwnTraceParentAlone()
    {
        List<Activity> ended = [];
        using var listener = Listen(ended);
        using var server = new LoopbackServer();
        await using var engine = await StartAsync(sends: true);

        using var request = Current();
        await engine.SubscribeAsync(server.Port);
        await engine.DeliverAsync();

        Assert.That(Activity.Current, Is.SameAs(request));
        var head = server.Heads.Single();
        var delivery = ended.Single(a => a.Kind == ActivityKind.Client && a.Source.Name == "WebhookKit");
        Assert.That(HeadersOf(head).Intersect(TraceHeaders, StringComparer.OrdinalIgnoreCase), Is.EqualTo(new[] { "traceparent" }));
        Assert.That(head, Does.Contain($"traceparent: {delivery.Id}{Environment.NewLine}"));
        Assert.That((delivery.ParentSpanId, delivery.TraceId), Is.EqualTo((default(ActivitySpanId), delivery.TraceId)).And.Not.EqualTo((default(ActivitySpanId), request.TraceId)));
        Assert.That(head, Does.Not.Contain("geheim"));
    }

    [Test]
    public async Task Delivery_WithTheOptionAndNobodyTracing_SendsNone()
    {
        using var server = new LoopbackServer();
        await using var engine = await StartAsync(sends: true);
        var subscription = await engine.SubscribeAsync(server.Port);

        using var request = Current();
        await engine.DeliverAsync();
        await engine.Subscriptions.SendTestEventAsync(subscription.Id);

        Assert.That(server.Heads, Has.Count.EqualTo(2));
        Assert.That(server.Heads.SelectMany(HeadersOf).Intersect(TraceHeaders, StringComparer.OrdinalIgnoreCase), Is.Empty);
    }

    private static Task<GuardedEngine> StartAsync(bool sends) => GuardedEngine.StartAsync(new ScriptedResolver("127.0.0.1"), o =>
    {
        o.SendTraceParent = sends;
        o.Guard.AllowedNetworks.Add("127.0.0.0/8");
    });

    /// <summary>The activity of the host's own, with what must not leak.</summary>
    private static Activity Current()
    {
        var activity = new Activity("request") { TraceStateString = "vendor=geheim" };
        activity.AddBaggage("password", "geheim");
        return activity.Start();
    }

    private static ActivityListener Listen(List<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended) ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static IEnumerable<string> HeadersOf(string head) => head.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)[1..].Select(l => l.Split(':')[0]);
}
