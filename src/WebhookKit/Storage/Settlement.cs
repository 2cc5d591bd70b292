namespace WebhookKit;

/// <summary>What became of the deliveries of one attempt, to be stored whole or not at all.</summary>
public sealed record Settlement
{
    /// <summary>The lane's partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The fencing number under which the attempt began.</summary>
    public required long Fence { get; init; }

    /// <summary>The subscription.</summary>
    public required string SubscriptionId { get; init; }

    /// <summary>
    /// The deliveries in their next state. One is applied if the stored one is still pending with
    /// <see cref="ExpectedAttemptCount"/> attempts, under <see cref="SubscriptionId"/> and <see cref="Partition"/>; the others are passed over.
    /// One that was resent meanwhile may have had as many, but has no <see cref="WebhookDelivery.ExpiresAt"/> any more: that must be as it was read too.
    /// Beside the status they change in <see cref="WebhookDelivery.DueAt"/>, <see cref="WebhookDelivery.CompletedAt"/>,
    /// <see cref="WebhookDelivery.AttemptCount"/>, <see cref="WebhookDelivery.BatchId"/>, <see cref="WebhookDelivery.LastOutcome"/> and
    /// <see cref="WebhookDelivery.LastStatusCode"/>; the rest is as it was read.
    /// </summary>
    public required IReadOnlyList<WebhookDelivery> Deliveries { get; init; }

    /// <summary>The request that was made, its number left at 0: each delivery's own <see cref="WebhookDelivery.AttemptCount"/> numbers it.
    /// <see langword="null"/> when none was made (expired, or put off by a fault of our own).</summary>
    public DeliveryAttempt? Attempt { get; init; }

    /// <summary>
    /// Whether deliveries that have succeeded are not kept but removed at once, with their attempts
    /// (<see cref="RetentionOptions.Succeeded"/> is zero). Their event stays until it is purged.
    /// </summary>
    public bool RemovesSucceeded { get; init; }

    /// <summary>A change of the endpoint's health; <see langword="null"/> when it is as before. It is passed over if the endpoint is elsewhere by now: see <see cref="HealthChange.Url"/>.</summary>
    public HealthChange? Health { get; init; }

    /// <summary>How many attempts a stored delivery must have had for its next state to apply, so that settling twice changes nothing.</summary>
    /// <param name="delivery">The delivery in its next state.</param>
    /// <returns>The count before the attempt.</returns>
    public int ExpectedAttemptCount(WebhookDelivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return Attempt is null ? delivery.AttemptCount : delivery.AttemptCount - 1;
    }
}
