namespace WebhookKit;

/// <summary>What draining left.</summary>
/// <param name="IsIdle">Whether nothing more could go at the end; <see langword="false"/> when the deadline came first, or the background service beside it was told to stop.</param>
/// <param name="NextDueAt">When the next delivery can go; <see langword="null"/> when none is waiting for a time.</param>
public sealed record DrainResult(bool IsIdle, DateTimeOffset? NextDueAt);
