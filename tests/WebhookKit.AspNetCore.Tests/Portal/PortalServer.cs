using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WebhookKit.AspNetCore.Tests.Portal;

/// <summary>A host with nothing but a portal.</summary>
internal static class PortalServer
{
    public static async Task<WebApplication> StartAsync(string pattern = "/webhooks", Action<WebhookPortalOptions>? configure = null, string? pathBase = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddWebhooks(o => o.Dispatch = false).AddEventTypes(WebhookEventTypes.MailerLite);
        var app = builder.Build();
        if (pathBase is not null) app.UsePathBase(pathBase);
        app.UseRouting();
        app.MapWebhookPortal(pattern, configure);
        await app.StartAsync();
        return app;
    }
}
