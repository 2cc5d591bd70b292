namespace WebhookKit.Formats;

/// <summary>What a header tells of an event.</summary>
internal enum HeaderPart
{
    Id,
    Type,

    /// <summary>The type with slashes for its dots, which types cannot have.</summary>
    Topic,

    SubscriptionId,
    Time,
}
