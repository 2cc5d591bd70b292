namespace WebhookKit;

/// <summary>Whether a subscription receives events.</summary>
/// <remarks>
/// <code>
/// Enabled   -> Paused (by hand) | Disabled (by hand or by rule)
/// Paused    -> Enabled | Disabled
/// Disabled  -> Enabled
/// </code>
/// </remarks>
public enum SubscriptionStatus
{
    /// <summary>Matched and delivered.</summary>
    Enabled,

    /// <summary>Matched, but its deliveries wait.</summary>
    Paused,

    /// <summary>Not matched; what is pending waits.</summary>
    Disabled,
}
