using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>Short ways to what tests of the whole engine need.</summary>
internal static class Engine
{
    public const string Url = "https://example.com/hooks";

    /// <summary>Standard Webhooks without jitter, so that times are exact.</summary>
    public static readonly WebhookProfile Exact = WebhookProfiles.StandardWebhooks with
    {
        Name = "exact",
        Retry = WebhookProfiles.StandardWebhooks.Retry with { Jitter = 0 },
    };

    public static Task<WebhookTestHarness> StartAsync(
        WebhookProfile? profile = null, Action<IWebhooksBuilder>? configure = null, Action<WebhookOptions>? options = null) =>
        WebhookTestHarness.StartAsync(webhooks =>
        {
            webhooks.AddProfile(profile ?? Exact);
            webhooks.Services.Configure<WebhookOptions>(o =>
            {
                o.AllowUnknownEventTypes = true;
                o.DefaultProfile = (profile ?? Exact).Name;
                options?.Invoke(o);
            });
            configure?.Invoke(webhooks);
        });

    /// <summary>Adds a store that a test can make fail.</summary>
    public static Action<IWebhooksBuilder> WithStore(Action<FaultyStore> use) => webhooks => webhooks.UseStore(services =>
    {
        var store = new FaultyStore(services.GetRequiredService<TimeProvider>());
        use(store);
        return store;
    });

    public static ValueTask<WebhookSubscription> SubscribeAsync(this WebhookTestHarness harness, Func<NewWebhookSubscription, NewWebhookSubscription>? change = null)
    {
        var subscription = new NewWebhookSubscription { Url = new Uri(Url), EventTypes = ["*"] };
        return harness.Subscriptions.CreateAsync(change?.Invoke(subscription) ?? subscription);
    }

    public static ValueTask<PublishReceipt> PublishAsync(this WebhookTestHarness harness, int number = 1, PublishOptions? options = null) =>
        harness.Publisher.PublishAsync("a.b", new { number }, options);

    public static async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(this WebhookTestHarness harness) =>
        [.. (await harness.Deliveries.ListAsync(new DeliveryQuery { Limit = 1000 })).Items.Reverse()];

    public static async Task<WebhookDelivery> DeliveryAsync(this WebhookTestHarness harness) => (await harness.DeliveriesAsync()).Single();

    public static string MessageId(this ReceivedRequest request) => request.Headers["webhook-id"];
}
