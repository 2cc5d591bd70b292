namespace WebhookKit.Dispatching;

/// <summary>Where the making of a request failed: our fault, never the endpoint's.</summary>
internal enum RequestStage
{
    Format,
    Sign,
}
