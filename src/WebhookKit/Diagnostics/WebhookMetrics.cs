using System.Diagnostics.Metrics;

namespace WebhookKit.Diagnostics;

/// <summary>The instruments of the meter <c>WebhookKit</c>.</summary>
internal sealed class WebhookMetrics
{
    public const string MeterName = "WebhookKit";

    private readonly TimeProvider _time;
    private readonly Counter<long> _published;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _attemptDuration;
    private readonly Histogram<double> _latency;
    private readonly ObservableGauge<long> _pending;
    private readonly ObservableGauge<double> _oldestDue;
    private QueueDepthSample? _depth;
    private int _openBreakers;

    private readonly SafeLogger<WebhookMetrics> _logger;

    public WebhookMetrics(IMeterFactory meters, TimeProvider time, SafeLogger<WebhookMetrics> logger)
    {
        _time = time;
        _logger = logger;
        var meter = meters.Create(MeterName);
        _published = meter.CreateCounter<long>("webhookkit.events.published", "{event}", "Events stored.");
        _attempts = meter.CreateCounter<long>("webhookkit.attempts", "{attempt}", "Requests made, by outcome.");
        _attemptDuration = meter.CreateHistogram<double>("webhookkit.attempt.duration", "s", "How long requests took.");
        _latency = meter.CreateHistogram<double>("webhookkit.delivery.latency", "s", "From publishing to success.");
        _pending = meter.CreateObservableGauge("webhookkit.queue.depth", () => Sampled(d => d.Depth.Pending), "{delivery}", "Deliveries pending in this node's partitions.");
        _oldestDue = meter.CreateObservableGauge("webhookkit.queue.oldest_due", () => Sampled(OldestDueAge), "s", "How long the oldest due delivery has been due.");
        meter.CreateObservableGauge("webhookkit.breakers.open", () => Volatile.Read(ref _openBreakers), "{endpoint}", "Endpoints behind an open breaker.");
    }

    /// <summary>Whether anybody looks at what has to be measured in the store.</summary>
    public bool WantsDepth => _pending.Enabled || _oldestDue.Enabled;

    /// <summary>Counts an event that is stored: what a listener throws must not say otherwise.</summary>
    public void Published(string eventType)
    {
        try
        {
            _published.Add(1, new KeyValuePair<string, object?>("event.type", eventType));
        }
        catch (Exception cause)
        {
            Log.MeterListenerFailed(_logger, cause);
        }
    }

    public void AttemptEnded(DeliveryAttempt attempt, IReadOnlyList<WebhookDelivery> deliveries)
    {
        try
        {
            Measure(attempt, deliveries);
        }
        catch (Exception cause)
        {
            Log.MeterListenerFailed(_logger, cause);
        }
    }

    private void Measure(DeliveryAttempt attempt, IReadOnlyList<WebhookDelivery> deliveries)
    {
        if (_attempts.Enabled) _attempts.Add(1, OutcomeOf(attempt));
        if (_attemptDuration.Enabled) _attemptDuration.Record(attempt.Duration.TotalSeconds, OutcomeOf(attempt));
        if (attempt.Outcome != AttemptOutcome.Succeeded || !_latency.Enabled) return;
        var endedAt = attempt.StartedAt + attempt.Duration;
        foreach (var delivery in deliveries) _latency.Record((endedAt - delivery.CreatedAt).TotalSeconds);
    }

    public void Sampled(QueueDepth depth) => Volatile.Write(ref _depth, new QueueDepthSample(depth));

    public void BreakersCounted(int open) => Volatile.Write(ref _openBreakers, open);

    private static KeyValuePair<string, object?> OutcomeOf(DeliveryAttempt attempt) => new("outcome", attempt.Outcome.ToString());

    private double OldestDueAge(QueueDepthSample sample)
    {
        var age = sample.Depth.OldestDueAt is { } dueAt ? (_time.GetUtcNow() - dueAt).TotalSeconds : 0;
        return Math.Max(0, age);
    }

    private IEnumerable<Measurement<T>> Sampled<T>(Func<QueueDepthSample, T> value)
        where T : struct =>
        Volatile.Read(ref _depth) is { } sample ? [new Measurement<T>(value(sample))] : [];

    private sealed record QueueDepthSample(QueueDepth Depth);
}
