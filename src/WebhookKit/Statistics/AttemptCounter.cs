namespace WebhookKit.Statistics;

/// <summary>Counts for one subscription within one shortest span.</summary>
internal sealed class AttemptCounter(string? tenantId)
{
    private readonly Lock _lock = new();
    private readonly long[] _latencies = new long[LatencyScale.Count];
    private long _delivered;
    private long _failedAttempts;
    private long _gaveUp;
    private long _requests;
    private DateTimeOffset? _lastAttemptAt;
    private TimeSpan _maxLatency;
    private bool _isTaken;

    /// <summary>Counts, unless what it has counted is taken already.</summary>
    public bool TryCount(DeliveryAttempt? attempt, DateTimeOffset endedAt, int delivered, int gaveUp)
    {
        lock (_lock)
        {
            if (_isTaken) return false;
            _delivered += delivered;
            _gaveUp += gaveUp;
            if (attempt is null) return true;
            if (attempt.Outcome != AttemptOutcome.Succeeded) _failedAttempts++;
            if (_lastAttemptAt is null || _lastAttemptAt < endedAt) _lastAttemptAt = endedAt;

            // Where no request could be made, none took any time.
            if (attempt.Outcome == AttemptOutcome.Unsendable) return true;
            _requests++;
            _latencies[LatencyScale.Find(attempt.Duration)]++;
            if (_maxLatency < attempt.Duration) _maxLatency = attempt.Duration;
            return true;
        }
    }

    public DeliveryCounts Take(string subscriptionId, DateTimeOffset at)
    {
        lock (_lock)
        {
            _isTaken = true;
            return new DeliveryCounts
            {
                TenantId = tenantId,
                SubscriptionId = subscriptionId,
                Span = StatisticsSpans.Shortest,
                At = at,
                Delivered = _delivered,
                FailedAttempts = _failedAttempts,
                GaveUp = _gaveUp,
                LastAttemptAt = _lastAttemptAt,
                Latencies = _requests > 0 ? _latencies : [],
                MaxLatency = _maxLatency,
            };
        }
    }
}
