using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit;

namespace Cluster.Nodes;

/// <summary>What all processes of the cluster have in common: the database, the endpoints, and short leases.</summary>
internal static class ClusterWebhooks
{
    public const int Endpoints = 24;

    /// <summary>A killed node is missed after its lease, which must outlast any attempt: so attempts are short here. The default is a minute.</summary>
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(7.2);

    /// <summary>The lease must outlast the attempts of all profiles, also of those that nobody uses.</summary>
    private static readonly WebhookProfile[] SlowerProfiles =
    [
        WebhookProfiles.StandardWebhooks, WebhookProfiles.Svix, WebhookProfiles.MailerLite, WebhookProfiles.MailerLiteClassic, WebhookProfiles.Mailjet,
        WebhookProfiles.MailUp, WebhookProfiles.Stripe, WebhookProfiles.GitHub, WebhookProfiles.Slack, WebhookProfiles.Shopify, WebhookProfiles.CloudEvents,
        WebhookProfiles.Raw,
    ];

    public static void Add(IServiceCollection services, NodeSettings settings)
    {
        var webhooks = services
            .AddWebhooks(options =>
            {
                options.NodeId = settings.Name;
                options.Dispatch = !settings.IsPublisher;
                options.AttemptTimeout = AttemptTimeout;
                options.LeaseDuration = Lease;
                options.SweepInterval = TimeSpan.FromSeconds(1);
            })
            .AddEventType("order.placed", "Fires when an order is placed.")
            .AllowLoopback()
            .UsePostgreSql(settings.ConnectionString, store => store.Schema = settings.Schema);

        // Only to show who delivers: a receiver need not know.
        webhooks.HttpClient.ConfigureHttpClient(client => client.DefaultRequestHeaders.Add("x-node", settings.Name));
        foreach (var profile in SlowerProfiles) webhooks.AddProfile(profile with { Timeout = AttemptTimeout });
        for (var i = 1; i <= Endpoints; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"shop-{i:00}");
            webhooks.AddSubscription(new NewWebhookSubscription
            {
                Id = id,
                Url = new Uri(settings.Receiver, id),
                EventTypes = ["order.*"],
                Order = DeliveryOrder.Strict,
            });
        }
    }
}
