namespace WebhookKit;

/// <summary>There is no subscription or delivery with the given id.</summary>
public sealed class WebhookNotFoundException : WebhookException
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What was not found.</param>
    public WebhookNotFoundException(string message)
        : base(message)
    {
    }
}
