namespace WebhookKit;

/// <summary>How the portal works; see <see cref="WebhookEndpointRouteBuilderExtensions.MapWebhookPortal"/>.</summary>
public sealed class WebhookPortalOptions
{
    /// <summary>
    /// The management API that the portal brings with it, below <c>api</c>: whose webhooks a request is about, which profiles may be chosen, and
    /// so on. Set <see cref="WebhookApiOptions.ResolveTenant"/> here where there are tenants.
    /// </summary>
    public WebhookApiOptions Api { get; } = new();

    /// <summary>The name of the portal, in its heading and in the title of the browser's window. 1 to 100 characters. Default: <c>Webhooks</c>.</summary>
    public string Title { get; set; } = "Webhooks";

    /// <summary>
    /// Where a link in the heading leads back to: a path or an absolute http or https URL, such as <c>/</c> or <c>https://app.example.com/</c>.
    /// <see langword="null"/> (the default) for no link.
    /// </summary>
    public string? HomeUrl { get; set; }

    /// <summary>
    /// Who may show the portal in a frame: the sources of the directive <c>frame-ancestors</c> of the Content-Security-Policy, such as
    /// <c>'self' https://app.example.com</c>, or <c>'none'</c>. Default: <c>'self'</c>.
    /// </summary>
    public string FrameAncestors { get; set; } = "'self'";
}
