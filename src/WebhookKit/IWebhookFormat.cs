namespace WebhookKit;

/// <summary>Turns events into a request: a pure function, so that every attempt carries the same bytes. Used by many threads at once.</summary>
public interface IWebhookFormat
{
    /// <summary>Whether one request can carry several events.</summary>
    bool CanBatch { get; }

    /// <summary>Formats one request.</summary>
    /// <param name="context">The events, and where they go.</param>
    /// <returns>The request's content.</returns>
    WebhookContent Format(in FormatContext context);
}
