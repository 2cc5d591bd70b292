using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>Maps the inspector: the page and its files, what it asks for, and the bins.</summary>
internal static class InspectorRoutes
{
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, WebhookInspectorOptions options)
    {
        var services = endpoints.ServiceProvider;
        InspectorOptionsCheck.ThrowIfFaulty(options, services);
        var bins = new Bins(options);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var api = new InspectorApi(bins, ProfilesOf(options, services), services);
        var capture = new Capture(bins, options, time);

        // A RequestDelegate binds nothing by reflection, so that trimmed hosts can use it.
        var group = endpoints.MapGroup(pattern);
        group.MapMethods("/", [HttpMethods.Get], (RequestDelegate)PageFiles.WriteIndexAsync);
        group.MapMethods("/assets/{file}", [HttpMethods.Get], (RequestDelegate)PageFiles.WriteAssetAsync);
        group.MapMethods("/api/{bin}/settings", [HttpMethods.Get], (RequestDelegate)api.ShowSettingsAsync);
        group.MapMethods("/api/{bin}/settings", [HttpMethods.Put], (RequestDelegate)api.ChangeSettingsAsync);
        group.MapMethods("/api/{bin}/requests", [HttpMethods.Get], (RequestDelegate)api.ListAsync);
        group.MapMethods("/api/{bin}/requests", [HttpMethods.Delete], (RequestDelegate)api.ClearAsync);
        group.MapMethods("/api/{bin}/events", [HttpMethods.Get], (RequestDelegate)api.WatchAsync);
        group.Map("/in/{bin}/{**rest}", (RequestDelegate)capture.HandleAsync);
        return group;
    }

    private static List<WebhookProfile> ProfilesOf(WebhookInspectorOptions options, IServiceProvider services)
    {
        var known = services.GetService<IWebhookCatalog>()?.Profiles ?? WebhookProfiles.All;
        return [.. options.Profile is { } own ? known.Where(p => p.Name != own.Name).Append(own) : known];
    }
}
