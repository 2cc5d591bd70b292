using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit;

namespace CrashNode;

/// <summary>Sets the engine up for a process that shares its store with others and may be killed.</summary>
internal static class Engine
{
    private static readonly TimeSpan AttemptTimeoutOnSqlite = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaseOnSqlite = TimeSpan.FromSeconds(24);

    /// <summary>Each with a timeout, which the lease must outlast although nobody uses them here.</summary>
    private static readonly WebhookProfile[] Others =
    [
        WebhookProfiles.StandardWebhooks, WebhookProfiles.Svix, WebhookProfiles.MailerLite, WebhookProfiles.MailerLiteClassic, WebhookProfiles.Mailjet,
        WebhookProfiles.MailUp, WebhookProfiles.Stripe, WebhookProfiles.GitHub, WebhookProfiles.Slack, WebhookProfiles.Shopify, WebhookProfiles.CloudEvents,
        WebhookProfiles.Raw,
    ];

    public static void Add(IServiceCollection services, NodeOptions node)
    {
        var webhooks = services.AddWebhooks(options =>
        {
            options.AllowUnknownEventTypes = true;
            options.NodeId = string.Create(CultureInfo.InvariantCulture, $"node-{node.Run}");
            options.Dispatch = node.Dispatches;
        });
        webhooks.AllowLoopback();
        webhooks.HttpClient.AddHttpMessageHandler(() => new NodeHeader(node.Run));
        foreach (var lane in Lanes.All(node)) webhooks.AddSubscription(lane);
        if (node.Postgres is null) UseSqlite(webhooks, node);
        else UsePostgreSql(webhooks, node);
    }

    private static void UseSqlite(IWebhooksBuilder webhooks, NodeOptions node)
    {
        webhooks.UseSqlite($"Data Source={node.Sqlite}").AddProfile(Lanes.Profile with { Timeout = AttemptTimeoutOnSqlite });
        webhooks.Services.Configure<WebhookOptions>(options => (options.AttemptTimeout, options.LeaseDuration) = (AttemptTimeoutOnSqlite, LeaseOnSqlite));
    }

    private static void UsePostgreSql(IWebhooksBuilder webhooks, NodeOptions node)
    {
        webhooks.UsePostgreSql(node.Postgres!);
        foreach (var profile in Others.Append(Lanes.Profile)) webhooks.AddProfile(profile with { Timeout = node.AttemptTimeout });
        webhooks.Services.Configure<WebhookOptions>(options =>
        {
            options.AttemptTimeout = node.AttemptTimeout;
            options.LeaseDuration = node.ShortestLease;
            options.SweepInterval = TimeSpan.FromMilliseconds(500);

            // The test stops the server whenever it likes, also while a process starts.
            options.StartWithoutStore = true;
        });
    }
}
