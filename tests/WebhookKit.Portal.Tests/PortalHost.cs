using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WebhookKit.Testing;

namespace WebhookKit.Portal.Tests;

/// <summary>A real host on loopback with the portal at <c>/account/{account}/webhooks</c>, whose account is the tenant, and a receiver.</summary>
internal sealed class PortalHost : IAsyncDisposable
{
    public const string Account = "acme";

    private readonly WebApplication _app;

    private PortalHost(WebApplication app, Receiver receiver)
    {
        _app = app;
        Receiver = receiver;
    }

    public Receiver Receiver { get; }

    /// <summary>Sends every request to a page for signing in.</summary>
    public bool IsSignedOut { get; set; }

    public string Origin => _app.Urls.Single();

    public string Url => $"{Origin}/account/{Account}/webhooks/";

    public IWebhookSubscriptions Subscriptions => _app.Services.GetRequiredService<IWebhookSubscriptions>();

    public IWebhookDeliveries Deliveries => _app.Services.GetRequiredService<IWebhookDeliveries>();

    public IWebhookPublisher Publisher => _app.Services.GetRequiredService<IWebhookPublisher>();

    /// <summary>Attempts at once and soon after, then the webhook is disabled.</summary>
    private static WebhookProfile Hasty { get; } = WebhookProfiles.StandardWebhooks with
    {
        Name = "Hasty",
        Retry = new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
        Disable = new DisableRule { OnExhausted = true },
    };

    public static async Task<PortalHost> StartAsync(Action<WebhookPortalOptions>? configure = null, Action<IWebhooksBuilder>? webhooks = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var added = builder.Services.AddWebhooks(o =>
            {
                o.DefaultProfile = Hasty.Name;
                o.SweepInterval = TimeSpan.FromMilliseconds(250);
            })
            .AddEventTypes(WebhookEventTypes.MailerLite)
            .AddEventTypes(WebhookEventTypes.Mailjet)
            .AddEventTypes(WebhookEventTypes.MailUp)
            .AddProfile(Hasty)
            .AllowLoopback();
        webhooks?.Invoke(added);
        var app = builder.Build();
        var host = new PortalHost(app, await Receiver.StartAsync());

        // As cookie authentication does it.
        app.Use((context, next) =>
        {
            if (!host.IsSignedOut) return next(context);
            context.Response.Redirect("/sign-in");
            return Task.CompletedTask;
        });
        app.MapWebhookPortal("/account/{account}/webhooks", portal =>
        {
            portal.Api.ResolveTenant = context => new(AccountOf(context));
            configure?.Invoke(portal);
        });
        await app.StartAsync();
        return host;
    }

    /// <summary>One whose time passes by the clock only, and which delivers only when it is drained.</summary>
    public static Task<PortalHost> StartAtAsync(ManualTimeProvider clock) => StartAsync(webhooks: added =>
    {
        added.Services.AddSingleton<TimeProvider>(clock);
        added.Services.Configure<WebhookOptions>(o => o.Dispatch = false);
    });

    /// <summary>A webhook of the account, with the receiver's path as its end.</summary>
    public async Task<WebhookSubscription> CreateAsync(string name = "Shop", string path = "/shop", params string[] events) => await Subscriptions.CreateAsync(New(name, path, events));

    public NewWebhookSubscription New(string name = "Shop", string path = "/shop", params string[] events) => new()
    {
        TenantId = Account,
        Name = name,
        Url = new Uri(Receiver.Url(path)),
        EventTypes = events.Length > 0 ? events : ["subscriber.created"],
    };

    public async Task<PublishReceipt> PublishAsync(string type = "subscriber.created", object? data = null) =>
        await Publisher.PublishAsync(type, data ?? new { id = "42", email = "ada@example.com" }, new PublishOptions { TenantId = Account });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    public static string? AccountOf(HttpContext context) => context.GetRouteValue("account") as string is "acme" or "other" ? context.GetRouteValue("account") as string : null;
}
