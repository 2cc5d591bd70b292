namespace WebhookKit;

/// <summary>How many requests may begin in any window of time, wherever the window lies.</summary>
/// <param name="Requests">The most requests, 1 to 10,000.</param>
/// <param name="Per">The length of the window, at most one day.</param>
public sealed record RateLimit(int Requests, TimeSpan Per);
