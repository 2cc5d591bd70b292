namespace WebhookKit.Sending.Guarding;

/// <summary>No connection is made, because the guard forbids where it would lead.</summary>
internal sealed class EndpointBlockedException(string rule) : IOException($"The endpoint's host leads to an address in {rule}, where no webhooks go. {EndpointGuard.Fix}");
