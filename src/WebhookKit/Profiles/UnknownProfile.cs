namespace WebhookKit.Profiles;

/// <summary>
/// Stands in for a profile that a stored subscription names and the host no longer registers: nothing can be formatted, which is
/// our fault and not the endpoint's, so its deliveries wait until the profile is back.
/// </summary>
internal sealed class UnknownProfile : IWebhookFormat
{
    private readonly string _name;

    private UnknownProfile(string name) => _name = name;

    public bool CanBatch(WebhookSubscription subscription) => true;

    public static WebhookProfile Named(string name) => new() { Name = name, Format = new UnknownProfile(name) };

    public WebhookContent Format(in FormatContext context) => throw new InvalidOperationException(
        $"Profile '{_name}' of subscription '{context.Subscription.Id}' is not registered. Register it with AddProfile(…), or change the subscription's profile.");
}
