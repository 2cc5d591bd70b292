namespace WebhookKit;

/// <summary>One row of the statistics: what became of the deliveries of a subscription, or of all of a tenant together, within a span of time.</summary>
public sealed record DeliveryCounts
{
    /// <summary>The tenant; <see langword="null"/> is one too.</summary>
    public string? TenantId { get; init; }

    /// <summary>The subscription; <see langword="null"/> for the total of the tenant.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>How much time the row covers: 5 minutes, an hour or a day. Whole seconds.</summary>
    public required TimeSpan Span { get; init; }

    /// <summary>When that begins.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How many deliveries succeeded.</summary>
    public long Delivered { get; init; }

    /// <summary>How many attempts failed. One request is one attempt, however many deliveries it carried.</summary>
    public long FailedAttempts { get; init; }

    /// <summary>How many deliveries were given up: exhausted or expired.</summary>
    public long GaveUp { get; init; }

    /// <summary>When the last attempt ended; <see langword="null"/> when there was none.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>How many requests took how long: <see cref="LatencyScale.Count"/> counters, or none at all when there were no requests.</summary>
    public IReadOnlyList<long> Latencies { get; init; } = [];

    /// <summary>How long the slowest request took.</summary>
    public TimeSpan MaxLatency { get; init; }

    /// <summary>Adds what another row counts: the numbers add up, of the last attempt and the slowest request the later and slower one counts.</summary>
    /// <param name="other">The other row.</param>
    /// <returns>The sum, with this row's key.</returns>
    public DeliveryCounts Plus(DeliveryCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            Delivered = Delivered + other.Delivered,
            FailedAttempts = FailedAttempts + other.FailedAttempts,
            GaveUp = GaveUp + other.GaveUp,
            LastAttemptAt = other.LastAttemptAt is null || LastAttemptAt > other.LastAttemptAt ? LastAttemptAt : other.LastAttemptAt,
            Latencies = Add(Latencies, other.Latencies),
            MaxLatency = MaxLatency > other.MaxLatency ? MaxLatency : other.MaxLatency,
        };
    }

    private static IReadOnlyList<long> Add(IReadOnlyList<long> left, IReadOnlyList<long> right)
    {
        if (right.Count == 0) return left;
        if (left.Count == 0) return right;
        var sum = new long[LatencyScale.Count];
        for (var i = 0; i < sum.Length; i++) sum[i] = left[i] + right[i];
        return sum;
    }
}
