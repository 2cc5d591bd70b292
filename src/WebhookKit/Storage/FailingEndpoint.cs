namespace WebhookKit;

/// <summary>An endpoint that is failing.</summary>
/// <param name="SubscriptionId">Its subscription.</param>
/// <param name="Since"><see cref="WebhookSubscription.FailingSince"/>.</param>
/// <param name="Version">The subscription's version, at the same moment.</param>
public readonly record struct FailingEndpoint(string SubscriptionId, DateTimeOffset Since, long Version);
