using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task MapWebhooks_OfTheDocs_MapsTheRoutes()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhooks();
        builder.Services.AddAuthorization();

        // snippet: management-api
        var app = builder.Build();
        app.MapWebhooks("/api/webhooks", api => api.ResolveTenant = context => new(context.User.FindFirst("account")?.Value))
            .RequireAuthorization();
        // end snippet

        // snippet: mailjet-api
        app.MapMailjetEventCallbackUrls("/v3/REST/eventcallbackurl", api => api.ResolveTenant = context => new(context.User.FindFirst("account")?.Value))
            .RequireAuthorization();
        // end snippet

        // snippet: portal
        app.MapWebhookPortal("/webhooks", portal =>
        {
            portal.Title = "Webhooks";
            portal.Api.ResolveTenant = context => new(context.User.FindFirst("account")?.Value);
        }).RequireAuthorization();
        // end snippet

        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText);
        Assert.That(routes, Does.Contain("/api/webhooks/{id}").And.Contain("/v3/REST/eventcallbackurl/{id}").And.Contain("/webhooks/api/{id}"));
        await app.DisposeAsync();
    }
}
