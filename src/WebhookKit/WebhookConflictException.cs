namespace WebhookKit;

/// <summary>The current state does not allow it: something changed in between, exists already, or is in another status.</summary>
public sealed class WebhookConflictException : WebhookException
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What stands in the way, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public WebhookConflictException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
