namespace WebhookKit.Sending;

/// <summary>What became of a request.</summary>
/// <param name="Attempt">The record of the attempt; its number is left to the delivery.</param>
/// <param name="RetryAfter">How long the endpoint asked to be left alone.</param>
internal readonly record struct AttemptResult(DeliveryAttempt Attempt, TimeSpan? RetryAfter = null);
