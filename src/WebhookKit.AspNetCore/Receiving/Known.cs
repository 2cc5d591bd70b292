namespace WebhookKit.AspNetCore.Receiving;

/// <summary>What is known of an event that comes.</summary>
internal enum Known
{
    Not,
    AsUnderWay,
    AsDone,
}
