using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WebhookKit.AspNetCore.Api;
using WebhookKit.AspNetCore.Mailjet;
using WebhookKit.AspNetCore.Portal;

namespace WebhookKit;

/// <summary>Maps what an application's users see and call.</summary>
public static class WebhookEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the management API: webhooks, their deliveries and attempts, and the event types, in JSON. <c>docs/management-api.md</c> describes it.
    /// </summary>
    /// <remarks>
    /// It carries no authorization of its own: whoever can reach it can read and change the webhooks of the tenant that
    /// <see cref="WebhookApiOptions.ResolveTenant"/> names. Call <c>RequireAuthorization()</c> on what this returns.
    /// </remarks>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">Where. Default: <c>/api/webhooks</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The endpoints, to add authorization and other conventions to.</returns>
    /// <exception cref="ArgumentException">An option is out of range; all are named at once.</exception>
    public static IEndpointConventionBuilder MapWebhooks(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/api/webhooks", Action<WebhookApiOptions>? configure = null)
    {
        var (group, api) = MapApi(endpoints, pattern, configure, Problem.WriteAsync);
        MapManagement(api);
        return group;
    }

    /// <summary>
    /// Maps the portal: a page on which an application's users manage their webhooks and see their deliveries, and below it, at <c>api</c>, the
    /// management API that it calls. <c>docs/portal.md</c> shows it.
    /// </summary>
    /// <remarks>
    /// It carries no authorization of its own: whoever can reach it can read and change the webhooks of the tenant that
    /// <see cref="WebhookApiOptions.ResolveTenant"/> names. Call <c>RequireAuthorization()</c> on what this returns. Users may be known by a
    /// cookie: changes that other sites make a browser ask for are refused.
    /// </remarks>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">Where. Default: <c>/webhooks</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The endpoints, the API's too, to add authorization and other conventions to.</returns>
    /// <exception cref="ArgumentException">An option is out of range; all are named at once.</exception>
    public static IEndpointConventionBuilder MapWebhookPortal(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/webhooks", Action<WebhookPortalOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new WebhookPortalOptions();
        configure?.Invoke(options);
        PortalOptionsCheck.ThrowIfFaulty(options);
        var group = endpoints.MapGroup(pattern);
        var headers = new PortalHeaders(options);
        new PortalRoutes(options, headers).Map(group);
        MapManagement(new ApiRoutes(group.MapGroup("/api"), options.Api, Problem.WriteAsync, context =>
        {
            headers.AddTo(context.Response);
            SameOrigin.ThrowIfForeign(context.Request);
        }));
        return group;
    }

    /// <summary>
    /// Maps Mailjet's <c>eventcallbackurl</c>: the URL of each event type, and a backup URL beside it, for clients that were written for Mailjet.
    /// They are webhooks with the profile Mailjet, and no others are seen here.
    /// </summary>
    /// <remarks><inheritdoc cref="MapWebhooks" path="/remarks"/></remarks>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">Where. Default: <c>/v3/REST/eventcallbackurl</c>.</param>
    /// <param name="configure">Sets the options, of which the secrets, profiles and page size do not matter here.</param>
    /// <returns>The endpoints, to add authorization and other conventions to.</returns>
    /// <exception cref="ArgumentException">An option is out of range; all are named at once.</exception>
    public static IEndpointConventionBuilder MapMailjetEventCallbackUrls(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/v3/REST/eventcallbackurl", Action<WebhookApiOptions>? configure = null)
    {
        var (group, api) = MapApi(endpoints, pattern, configure, MailjetJson.WriteErrorAsync);
        MailjetRoutes.Map(api);
        return group;
    }

    private static void MapManagement(ApiRoutes api)
    {
        WebhookRoutes.Map(api);
        DeliveryRoutes.Map(api);
        CatalogRoutes.Map(api);
        StatisticsRoutes.Map(api);
        ScopeRoutes.Map(api);
        DescriptionRoute.Map(api);
    }

    private static (RouteGroupBuilder Group, ApiRoutes Api) MapApi(
        IEndpointRouteBuilder endpoints, string pattern, Action<WebhookApiOptions>? configure, Func<HttpContext, ApiException, Task> refuse)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new WebhookApiOptions();
        configure?.Invoke(options);
        ApiOptionsCheck.ThrowIfFaulty(options);
        var group = endpoints.MapGroup(pattern);
        return (group, new ApiRoutes(group, options, refuse));
    }
}
