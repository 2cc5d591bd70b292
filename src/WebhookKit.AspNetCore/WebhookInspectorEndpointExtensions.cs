using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using WebhookKit.AspNetCore.Inspecting;

namespace WebhookKit;

/// <summary>Maps the inspector.</summary>
public static class WebhookInspectorEndpointExtensions
{
    /// <summary>
    /// Maps a request bin for development: whatever is sent to <c>…/in/{bin}</c> is kept in memory and shown live on a page, with headers, body,
    /// and whether its signature holds. The page also sets how a bin answers, to see what a sender makes of a broken endpoint.
    /// </summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">Where. Default: <c>/inspect</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The endpoints, to add conventions to.</returns>
    /// <exception cref="InvalidOperationException">The host does not run in development, and <see cref="WebhookInspectorOptions.AllowOutsideDevelopment"/> is not set.</exception>
    /// <exception cref="ArgumentException">An option cannot be used; all are named at once.</exception>
    public static IEndpointConventionBuilder MapWebhookInspector(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/inspect", Action<WebhookInspectorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new WebhookInspectorOptions();
        configure?.Invoke(options);
        return InspectorRoutes.Map(endpoints, pattern, options);
    }
}
