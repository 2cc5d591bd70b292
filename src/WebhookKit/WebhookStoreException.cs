namespace WebhookKit;

/// <summary>The store cannot be used, or cannot do what was asked: it is not there, is locked, full or damaged. Nothing of the call was stored.</summary>
public sealed class WebhookStoreException : WebhookException
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What is wrong with which store, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public WebhookStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
