using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Management;

/// <summary>Short ways to a harness with a closed catalogue and to what it has stored.</summary>
internal static class TestEngine
{
    public const string Url = "https://example.com/hooks";
    public const string Created = "subscriber.created";
    public const string Deleted = "subscriber.deleted";
    public const string Opened = "campaign.open";
    public const string GoodSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>Two attempts ten seconds apart, and no rule that disables anything.</summary>
    public static readonly WebhookProfile Brief = WebhookProfiles.StandardWebhooks with
    {
        Name = "brief",
        Retry = new RetrySchedule(TimeSpan.FromSeconds(10)),
        Disable = new DisableRule(),
    };

    public static Task<WebhookTestHarness> StartAsync(Action<WebhookOptions>? options = null, Action<IWebhooksBuilder>? configure = null) =>
        WebhookTestHarness.StartAsync(webhooks =>
        {
            webhooks
                .AddEventType(Created, "Fires when a subscriber is added.")
                .AddEventType(Deleted, "Fires when a subscriber is removed.")
                .AddEventType<CampaignOpened>(Opened, "Fires when a subscriber opens a campaign.")
                .AddProfile(Brief);
            if (options is not null) webhooks.Services.Configure(options);
            configure?.Invoke(webhooks);
        });

    public static ValueTask<WebhookSubscription> SubscribeAsync(this WebhookTestHarness engine, Func<NewWebhookSubscription, NewWebhookSubscription>? change = null)
    {
        var wanted = new NewWebhookSubscription { Url = new Uri(Url), EventTypes = ["*"], Profile = Brief.Name };
        return engine.Subscriptions.CreateAsync(change is null ? wanted : change(wanted));
    }

    public static ValueTask<PublishReceipt> PublishAsync(this WebhookTestHarness engine, PublishOptions? options = null) =>
        engine.Publisher.PublishAsync(Created, new { email = "ada@example.com" }, options);

    public static IWebhookStore Store(this WebhookTestHarness engine) => engine.Services.GetRequiredService<IWebhookStore>();

    /// <summary>All events of a tenant, oldest first: a subscription that does not exist has missed them all.</summary>
    public static async Task<IReadOnlyList<WebhookEvent>> EventsAsync(this WebhookTestHarness engine, string? tenantId = null) =>
        (await engine.Store().ListMissedEventsAsync(tenantId, "nobody", DateTimeOffset.MinValue, null, 1000, CancellationToken.None)).Items;

    /// <summary>All deliveries, oldest first.</summary>
    public static async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(this WebhookTestHarness engine) =>
        [.. (await engine.Deliveries.ListAsync(new DeliveryQuery { Limit = 1000 })).Items.Reverse()];

    public static async Task<WebhookDelivery> DeliveryAsync(this WebhookTestHarness engine) => (await engine.DeliveriesAsync()).Single();

    /// <summary>Fails the one delivery until its schedule has ended, then lets the endpoint answer 200.</summary>
    public static async Task<WebhookDelivery> ExhaustAsync(this WebhookTestHarness engine)
    {
        engine.Receiver.Reply(500, 500, 200);
        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        var delivery = await engine.DeliveryAsync();
        Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Exhausted));
        return delivery;
    }

    public static bool IsVerifiedBy(this ReceivedRequest request, string secret, TimeProvider clock) =>
        new WebhookVerifier(WebhookProfiles.StandardWebhooks, [secret], clock).Verify(request.Headers, request.Body).IsValid;

    public static async Task<TException> ThrownAsync<TException>(Func<ValueTask> action)
        where TException : Exception
    {
        try
        {
            await action();
        }
        catch (TException thrown)
        {
            return thrown;
        }

        throw new AssertionException($"No {typeof(TException).Name} was thrown.");
    }
}
