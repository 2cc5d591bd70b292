namespace WebhookKit;

/// <summary>An error of the library's own. Its message names the value and the fix.</summary>
public abstract class WebhookException : Exception
{
    private protected WebhookException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
