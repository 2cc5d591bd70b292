using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Testing;

namespace WebhookKit.Portal.Tests.Demo;

/// <summary>
/// A portal with a day of history: webhooks that fare differently, and their deliveries. The day passes on a clock of its own, which ends at
/// the present, since the browser has no other.
/// </summary>
internal sealed class DemoHost : IAsyncDisposable
{
    private static readonly (string Type, int Weight)[] Types =
    [
        ("subscriber.created", 6), ("subscriber.updated", 4), ("subscriber.unsubscribed", 1), ("campaign.open", 8), ("campaign.click", 3),
    ];

    private static readonly string[] Names = ["ada", "grace", "alan", "edsger", "barbara", "donald", "margaret", "tim"];

    private readonly ManualTimeProvider _clock;
    private readonly Random _random = new(42);

    private DemoHost(PortalHost host, ManualTimeProvider clock)
    {
        Host = host;
        _clock = clock;
    }

    public PortalHost Host { get; }

    /// <summary>Webhooks by name.</summary>
    public Dictionary<string, WebhookSubscription> Webhooks { get; } = [];

    /// <summary>A delivery that waits for its next attempt.</summary>
    public string Retrying { get; private set; } = "";

    /// <summary>A delivery that was given up.</summary>
    public string Exhausted { get; private set; } = "";

    public static async Task<DemoHost> StartAsync()
    {
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(23.9));
        var host = await PortalHost.StartAsync(
            portal =>
            {
                portal.HomeUrl = "/";
                portal.Api.ListScopes = _ => new([new("acme", "Acme"), new("other", "The other list")]);
            },
            webhooks =>
            {
                webhooks.Services.AddSingleton<TimeProvider>(clock);
                webhooks.Services.Configure<WebhookOptions>(o => o.Dispatch = false);
                webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler(() => new PretendReceivers(clock));
            });
        var demo = new DemoHost(host, clock);
        await demo.CreateWebhooksAsync();
        await demo.LiveThroughTheDayAsync();
        return demo;
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private async Task CreateWebhooksAsync()
    {
        await AddAsync("CRM sync", "https://crm.example.com/hooks/subscribers", ["subscriber.*"]);
        await AddAsync("Data warehouse", "https://hooks.warehouse.example.com/ingest/v2?source=webhooks", ["subscriber.created", "subscriber.updated"]);
        await AddAsync("Campaign analytics", "https://analytics.example.net/events", ["campaign.*"], new BatchingOptions { MaxEvents = 50, MaxDelay = TimeSpan.FromSeconds(30) });
        await AddAsync("Loyalty partner", "https://partner.example.org/webhook", ["subscriber.created"]);
        await AddAsync("Legacy ERP", "https://erp.example.com:8443/import.aspx", ["subscriber.unsubscribed"]);
        await AddAsync("Till in the shop", "https://till.example.com/in", ["campaign.sent"]);
        var old = await AddAsync("Old newsletter tool", "https://newsletter.example.com/cb", ["subscriber.*"]);
        Webhooks[old.Name!] = await Host.Subscriptions.DisableAsync(old.Id, "The endpoint answered 410 (Gone).");
        var moving = await AddAsync("Stock room (moving house)", "https://stock.example.com/webhooks", ["subscriber.created"]);
        Webhooks[moving.Name!] = await Host.Subscriptions.PauseAsync(moving.Id);
    }

    private async Task<WebhookSubscription> AddAsync(string name, string url, string[] events, BatchingOptions? batching = null) =>
        Webhooks[name] = await Host.Subscriptions.CreateAsync(new NewWebhookSubscription
        {
            TenantId = PortalHost.Account,
            Name = name,
            Url = new Uri(url),
            EventTypes = events,
            Batching = batching,

            // Its failures are seen, and end none of it.
            Profile = name == "Legacy ERP" ? WebhookProfiles.Mailjet.Name : WebhookProfiles.StandardWebhooks.Name,
        });

    private async Task LiveThroughTheDayAsync()
    {
        var end = TimeProvider.System.GetUtcNow();
        while (_clock.GetUtcNow() < end - TimeSpan.FromMinutes(6))
        {
            // Busy by day, quiet at night.
            var busy = 1 + Math.Cos((_clock.GetUtcNow().Hour - 14) * Math.PI / 12);
            for (var i = 0; i <= _random.Next((int)(4 * busy) + 1); i++) await PublishAsync(Pick());
            await Host.Deliveries.DrainAsync();
            _clock.Advance(TimeSpan.FromMinutes(12));
            await Host.Deliveries.DrainAsync();
        }

        Exhausted = await FindAsync(DeliveryStatus.Exhausted, "Legacy ERP");
        await Host.Subscriptions.EnableAsync(Webhooks["Legacy ERP"].Id);
        if (end > _clock.GetUtcNow()) _clock.Advance(end - _clock.GetUtcNow());
        await PublishAsync("subscriber.unsubscribed");
        await PublishAsync("subscriber.created");
        await Host.Deliveries.DrainAsync();

        // It batches the events of a second.
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Host.Deliveries.DrainAsync();
        Retrying = await FindAsync(DeliveryStatus.Pending, "Legacy ERP");
    }

    private async Task<string> FindAsync(DeliveryStatus status, string webhook)
    {
        for (string? after = null; ;)
        {
            var page = await Host.Deliveries.ListAsync(new DeliveryQuery { TenantId = PortalHost.Account, SubscriptionId = Webhooks[webhook].Id, Status = status, After = after });
            if (page.Items.Count > 0) return page.Items[0].Id.ToString();
            after = page.Next ?? throw new InvalidOperationException($"{webhook} has no delivery that is {status}.");
        }
    }

    private string Pick()
    {
        var at = _random.Next(Types.Sum(t => t.Weight));
        foreach (var (type, weight) in Types)
        {
            if ((at -= weight) < 0) return type;
        }

        return Types[0].Type;
    }

    private async Task PublishAsync(string type)
    {
        var name = Names[_random.Next(Names.Length)];
        await Host.PublishAsync(type, new { id = $"{_random.Next(100_000)}", email = $"{name}@example.com", fields = new { city = "Zürich", plan = "pro" }, groups = new[] { "customers" } });
    }
}
