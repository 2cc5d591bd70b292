using WebhookKit;

namespace Portal;

/// <summary>Two lists of subscribers, and webhooks that fare differently.</summary>
internal static class Seed
{
    public const string Newsletter = "newsletter";
    public const string Shop = "shop";

    /// <summary>The secret of the webhook that goes to the inspector.</summary>
    public const string InspectedSecret = "whsec_c2hvd24gaW4gdGhlIGluc3BlY3RvciBvbmx5IQ==";

    /// <summary>Standard Webhooks in a hurry, so that one sees retries and disabling within a minute.</summary>
    public static WebhookProfile Profile { get; } = WebhookProfiles.StandardWebhooks with
    {
        Name = "Hurried",
        Retry = new RetrySchedule(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30)) { Jitter = 0.1 },
        Timeout = TimeSpan.FromSeconds(5),
        Disable = new DisableRule { OnGone = true, FailingFor = TimeSpan.FromMinutes(10) },
    };

    public static IReadOnlyDictionary<string, string> Lists { get; } = new Dictionary<string, string> { [Newsletter] = "Newsletter", [Shop] = "Shop customers" };

    /// <summary>The list that the address names, which is the tenant here.</summary>
    public static string? ListOf(HttpContext context) => context.GetRouteValue("list") is string list && Lists.ContainsKey(list) ? list : null;

    public static async Task CreateAsync(IServiceProvider services, Uri address)
    {
        var subscriptions = services.GetRequiredService<IWebhookSubscriptions>();

        // There already from an earlier run, with --store.
        if ((await subscriptions.ListAsync(new SubscriptionQuery { AllTenants = true, Limit = 1 })).Items.Count > 0) return;

        foreach (var wanted in Webhooks(address)) await subscriptions.CreateAsync(wanted);
        var old = await subscriptions.CreateAsync(New(address, "Old newsletter tool", "gone", ["subscriber.*"]));
        await subscriptions.DisableAsync(old.Id, "The endpoint answered 410 (Gone).");
        var paused = await subscriptions.CreateAsync(New(address, "Warehouse (moving house)", "good", ["campaign.sent"]));
        await subscriptions.PauseAsync(paused.Id);
    }

    private static IEnumerable<NewWebhookSubscription> Webhooks(Uri address) =>
    [
        New(address, "CRM sync", "good", ["subscriber.*"]),
        New(address, "Slow data warehouse", "slow", ["subscriber.created", "subscriber.updated", "subscriber.unsubscribed"]) with { MaxConcurrency = 2 },
        New(address, "Flaky partner", "flaky", ["subscriber.created"]) with { Order = DeliveryOrder.PerKey },
        New(address, "Legacy ERP", "failing", ["subscriber.unsubscribed"]),
        New(address, "Campaign analytics", "good", ["campaign.*"]) with { Batching = new BatchingOptions { MaxEvents = 50, MaxDelay = TimeSpan.FromSeconds(5) } },
        New(address, "Subscriptions for MailUp’s old script", "good", ["Subscribe", "Unsubscribe"]) with
        {
            Profile = WebhookProfiles.MailUp.Name,
            Settings = new Dictionary<string, string> { ["method"] = "GET", ["parameters"] = "evt=[EventType]&eml=[Email]&idl=[IdList]" },
        },
        New(address, "To look at in the inspector", "good", ["subscriber.*"]) with { Url = new Uri(address, "/inspect/in/sample"), Secret = InspectedSecret },
        New(address, "Orders to the till", "good", ["subscriber.created"]) with { TenantId = Shop },
    ];

    private static NewWebhookSubscription New(Uri address, string name, string receiver, string[] types) => new()
    {
        TenantId = Newsletter,
        Name = name,
        Url = new Uri(address, $"/receivers/{receiver}"),
        EventTypes = types,
    };
}
