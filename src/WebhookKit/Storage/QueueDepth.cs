namespace WebhookKit;

/// <summary>A measure of what is pending.</summary>
/// <param name="Pending">How many deliveries are pending.</param>
/// <param name="OldestDueAt">The earliest due time among them; <see langword="null"/> when there are none.</param>
public readonly record struct QueueDepth(long Pending, DateTimeOffset? OldestDueAt);
