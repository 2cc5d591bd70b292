namespace WebhookKit.Dispatching;

/// <summary>What a sweep has found.</summary>
/// <param name="At">When it began.</param>
/// <param name="OldestDueAt">
/// Since when the oldest delivery has been due whose lane could go; <see langword="null"/> when nothing was overdue. What is paused, or waits for
/// its endpoint, does not count.
/// </param>
internal sealed record Sweep(DateTimeOffset At, DateTimeOffset? OldestDueAt);
