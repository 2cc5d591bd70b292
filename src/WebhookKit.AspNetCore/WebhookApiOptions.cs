using Microsoft.AspNetCore.Http;

namespace WebhookKit;

/// <summary>How the management API works; see <see cref="WebhookEndpointRouteBuilderExtensions.MapWebhooks"/>.</summary>
public sealed class WebhookApiOptions
{
    /// <summary>
    /// Says whose webhooks a request is about: the tenant's id, from the user's claims or the route, say. A request for which it returns
    /// <see langword="null"/> is refused with 403. <see langword="null"/> (the default): there are no tenants, and all is about the
    /// <see langword="null"/> tenant.
    /// </summary>
    public Func<HttpContext, ValueTask<string?>>? ResolveTenant { get; set; }

    /// <summary>
    /// Whether secrets are shown whenever a webhook is, as MailerLite does. Default: no; they are shown when they have been made or rotated, and
    /// <c>secret</c> is null else.
    /// </summary>
    public bool AlwaysShowSecrets { get; set; }

    /// <summary>
    /// The profiles that may be chosen, by name; a webhook that the host has given another one keeps it. A new webhook that names none has
    /// <see cref="WebhookOptions.DefaultProfile"/>, if that may be chosen, and the only one, if there is one only; else it is refused.
    /// <see langword="null"/> (the default) for all that are registered.
    /// </summary>
    public IReadOnlyCollection<string>? Profiles { get; set; }

    /// <summary>
    /// Lists where the user of a request may copy webhooks to: the tenants that are theirs. Asked for each copy too, and one that is not listed is
    /// refused. <see langword="null"/> (the default): nothing can be copied.
    /// </summary>
    public Func<HttpContext, ValueTask<IReadOnlyList<WebhookScope>>>? ListScopes { get; set; }

    /// <summary>How many items a page has unless the request says. 1 to 1,000. Default: 50.</summary>
    public int PageSize { get; set; } = 50;

    /// <summary>The largest body of a request, in bytes. 1,024 to 16 MiB. Default: 256 KiB.</summary>
    public int MaxBodyBytes { get; set; } = 256 * 1024;
}
