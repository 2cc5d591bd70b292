namespace WebhookKit.Testing;

/// <summary>What a test expected did not happen. The message says what happened instead.</summary>
public sealed class WebhookAssertionException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What was expected, and what there was.</param>
    public WebhookAssertionException(string message)
        : base(message)
    {
    }
}
