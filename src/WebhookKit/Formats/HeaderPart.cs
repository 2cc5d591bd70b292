namespace WebhookKit.Formats;

/// <summary>What a header tells of an event.</summary>
internal enum HeaderPart
{
    Id,
    Type,
    SubscriptionId,
    Time,
}
