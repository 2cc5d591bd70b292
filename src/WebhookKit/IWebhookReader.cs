namespace WebhookKit;

/// <summary>
/// Reads the events out of a received request: the way back of an <see cref="IWebhookFormat"/>, which implements it too. Without state
/// of its own; used by many threads at once.
/// </summary>
public interface IWebhookReader
{
    /// <summary>Reads a request's events. What is wrong with the request is returned, never thrown.</summary>
    /// <param name="context">What was received.</param>
    /// <returns>The events.</returns>
    WebhookReading Read(in VerificationContext context);
}
