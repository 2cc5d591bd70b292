namespace WebhookKit;

/// <summary>Whether a signer signs with the secrets of subscriptions.</summary>
public enum SecretUse
{
    /// <summary>Each subscription needs one. It is made when none is given.</summary>
    Required,

    /// <summary>A subscription without one goes unproved; none is made.</summary>
    Optional,

    /// <summary>It has no use for them, because it signs with a key of its own.</summary>
    None,
}
