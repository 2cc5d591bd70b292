namespace WebhookKit.Outcomes;

/// <summary>Everything that decides what follows from an attempt. Clock and randomness come in as values.</summary>
internal readonly record struct DecisionInput
{
    /// <summary>The deliveries that the request carried, as they were before it; at least one, all at the same place of their schedule.</summary>
    public required IReadOnlyList<WebhookDelivery> Deliveries { get; init; }

    /// <summary>The request that was made, its outcome and status in it.</summary>
    public required DeliveryAttempt Attempt { get; init; }

    /// <summary>The profile that it was made under.</summary>
    public required WebhookProfile Profile { get; init; }

    /// <summary>The time after the attempt.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>A random number from 0 (inclusive) to 1 (exclusive).</summary>
    public required double Random { get; init; }

    /// <summary>The longest wait that the endpoint can ask for.</summary>
    public required TimeSpan MaxRetryAfter { get; init; }

    /// <summary>How long the endpoint asked to wait, as <see cref="Outcomes.RetryAfter"/> read it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The message id when the request was a batch; <see langword="null"/> when it carried a delivery alone.</summary>
    public string? BatchId { get; init; }

    /// <summary>Since when nothing has succeeded at the endpoint; <see langword="null"/> while it is healthy.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When something last succeeded there, as this node knows; it may not be stored yet.</summary>
    public DateTimeOffset SucceededAt { get; init; }

    /// <summary>The wait that counts: the endpoint's wish if the profile honours it, no longer than allowed.</summary>
    public TimeSpan? HonoredRetryAfter => !Profile.HonorRetryAfter || RetryAfter is not { } wish ? null : wish < MaxRetryAfter ? wish : MaxRetryAfter;
}
