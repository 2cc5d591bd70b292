using System.Diagnostics;

namespace WebhookKit;

/// <summary>A secret that signs a subscription's requests. Its text form never shows the value.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed record WebhookSecret
{
    /// <summary>The secret itself, in the form that the profile's signer expects.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public required string Value { get; init; }

    /// <summary>Until when it signs; <see langword="null"/> for the current secret, which does not end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    internal bool IsActiveAt(DateTimeOffset now) => ExpiresAt is null || ExpiresAt > now;

    /// <summary>A text without the value.</summary>
    /// <returns><c>***</c>, and when it ends.</returns>
    public override string ToString() => ExpiresAt is null ? "***" : $"*** (until {ExpiresAt:O})";
}
