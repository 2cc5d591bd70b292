namespace WebhookKit.Outcomes;

/// <summary>How an attempt ended, with what went wrong in words that the endpoint's owner understands.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Error">What went wrong; <see langword="null"/> on success.</param>
internal readonly record struct AttemptFinding(AttemptOutcome Outcome, string? Error);
