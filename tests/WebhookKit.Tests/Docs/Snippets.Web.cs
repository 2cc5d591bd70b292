using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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

    [Test]
    public async Task MapWebhooks_WithScopes_ListsThem()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhooks();
        builder.Services.AddAuthorization();
        var app = builder.Build();
        WebhookApiOptions options = null!;

        // snippet: copy-scopes
        app.MapWebhooks(configure: api =>
        {
            api.ResolveTenant = context => new(context.User.FindFirst("account")?.Value);
            api.ListScopes = context => new([.. context.User.FindAll("account").Select(a => new WebhookScope(a.Value, $"Account {a.Value}"))]);
        }).RequireAuthorization();
        // end snippet

        app.MapWebhooks("/other", api =>
        {
            options = api;
            api.ListScopes = context => new([.. context.User.FindAll("account").Select(a => new WebhookScope(a.Value, $"Account {a.Value}"))]);
        });
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("account", "1"), new Claim("account", "2")]));
        Assert.That(await options.ListScopes!(new DefaultHttpContext { User = user }), Is.EqualTo(new[] { new WebhookScope("1", "Account 1"), new WebhookScope("2", "Account 2") }));
        await app.DisposeAsync();
    }
}
