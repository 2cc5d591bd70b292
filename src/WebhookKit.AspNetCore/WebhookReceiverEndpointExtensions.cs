using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using WebhookKit.AspNetCore.Receiving;

namespace WebhookKit;

/// <summary>Maps endpoints that receive webhooks.</summary>
public static class WebhookReceiverEndpointExtensions
{
    /// <summary>
    /// Maps an endpoint that receives webhooks: it verifies them, drops duplicates, and hands their events to handlers, or forwards them.
    /// <c>docs/receiving.md</c> describes it.
    /// </summary>
    /// <remarks>
    /// Requests are proved by their signature: do not call <c>RequireAuthorization()</c> on what this returns. The services have to be there:
    /// <c>services.AddWebhookReceivers()</c>, or <c>AddInbox()</c>, which calls it.
    /// </remarks>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">Where, such as <c>/hooks/acme</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The endpoint, to add conventions to, such as a rate limit.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or nothing would prove requests; all faults are named at once.</exception>
    /// <exception cref="InvalidOperationException">The services have not been added.</exception>
    public static IEndpointConventionBuilder MapWebhookReceiver(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Action<WebhookReceiverOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new WebhookReceiverOptions();
        configure(options);
        return ReceiverRoutes.Map(endpoints, pattern, options);
    }
}
