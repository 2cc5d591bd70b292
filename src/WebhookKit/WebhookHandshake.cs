namespace WebhookKit;

/// <summary>
/// Asks an endpoint whether it wants webhooks before a subscription to it is saved: the validation handshake of CloudEvents' "HTTP 1.1
/// Web Hooks", section 4. An <c>OPTIONS</c> request goes to the URL; the endpoint has to allow the origin.
/// </summary>
/// <remarks>
/// It is made when a subscription is created, and when its URL or profile changes; not for subscriptions that are declared in code. If the
/// endpoint allows fewer requests than the subscription's rate limit, its rate becomes the limit, and stays it until it is changed. Each
/// delivery carries <c>WebHook-Request-Origin</c> too.
/// </remarks>
/// <param name="Origin">Who asks, in <c>WebHook-Request-Origin</c>: a DNS name of this application, such as <c>events.example.com</c>.</param>
public sealed record WebhookHandshake(string Origin)
{
    internal const string OriginHeader = "WebHook-Request-Origin";

    /// <summary>How many requests a minute are wished for, in <c>WebHook-Request-Rate</c>; <see langword="null"/> to say nothing of it.</summary>
    public int? RequestsPerMinute { get; init; }
}
