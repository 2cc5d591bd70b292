namespace WebhookKit;

/// <summary>A pending delivery with its event.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Event">The event; shared by all its deliveries where the store can.</param>
public readonly record struct PendingDelivery(WebhookDelivery Delivery, WebhookEvent Event);
