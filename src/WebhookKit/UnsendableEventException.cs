namespace WebhookKit;

/// <summary>
/// Thrown by a format for an event that can never be sent in its dialect, such as data that is no JSON object where one is needed.
/// The delivery ends at once as <see cref="DeliveryStatus.Exhausted"/>, with the message in its history; the endpoint is not to blame.
/// </summary>
/// <param name="message">Why it cannot be sent and what to do, without the event's data.</param>
public sealed class UnsendableEventException(string message) : WebhookException(message);
