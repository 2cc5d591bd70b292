namespace WebhookKit.Outcomes;

/// <summary>What follows from an attempt.</summary>
/// <param name="Deliveries">The deliveries in their next states, in the order given.</param>
/// <param name="Health">A change of the endpoint's health to store with them; <see langword="null"/> when it is as before.</param>
/// <param name="LaneBlockedUntil">Until when the endpoint asked that nothing at all be sent; <see langword="null"/> when it did not.</param>
/// <param name="Failed">Whether the attempt failed, as the breaker counts it.</param>
internal readonly record struct Decision(WebhookDelivery[] Deliveries, HealthChange? Health, DateTimeOffset? LaneBlockedUntil, bool Failed);
