using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task Drain_OnDemand_SaysWhenToComeBack()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness);
        harness.Receiver.Reply(500, 200);
        await harness.Publisher.PublishAsync(new SubscriberCreated("42", "ada@example.com"));
        var deliveries = harness.Deliveries;
        DateTimeOffset? wakeUpAt = null;

        // snippet: drain
        var result = await deliveries.DrainAsync(deadline: TimeSpan.FromSeconds(30));
        if (result.NextDueAt is { } next) wakeUpAt = next;
        // end snippet

        Assert.That(wakeUpAt, Is.GreaterThan(harness.Clock.GetUtcNow()));
    }

    [Test]
    public async Task Statistics_OfADay_ShowWhatWasSent()
    {
        await using var harness = await StartAsync();
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { TenantId = "acme", Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });
        await harness.Publisher.PublishAsync(new SubscriberCreated("42", "ada@example.com"), new PublishOptions { TenantId = "acme" });
        await harness.DrainAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(10));
        var statistics = harness.Services.GetRequiredService<IWebhookStatistics>();
        var now = harness.Clock.GetUtcNow();

        // snippet: statistics
        var day = await statistics.GetAsync(new StatisticsQuery { TenantId = "acme", From = now.AddDays(-1), To = now });
        var slowest = (await statistics.ListAsync(new SubscriptionStatisticsQuery { TenantId = "acme", From = now.AddDays(-1), To = now }))
            .MaxBy(s => s.Totals.Latency?.P95);
        // end snippet

        Assert.That((day.Totals.Delivered, slowest!.Totals.Delivered), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task Options_OfDraining_AreAccepted()
    {
        var services = new ServiceCollection();

        // snippet: no-background
        services.AddWebhooks(options => options.Dispatch = false)
            .AddEventType("subscriber.created", "Fires when a subscriber is added.");
        // end snippet

        await AssertStartsAsync(services);
    }

    [Test]
    public async Task Options_OfTheHost_AreAccepted()
    {
        var services = new ServiceCollection();

        // snippet: limits
        services.Configure<InMemoryStoreOptions>(store => store.MaxPending = 200_000);
        // end snippet

        // snippet: shutdown
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(45));
        // end snippet

        services.AddWebhooks();
        await AssertStartsAsync(services);
    }

    [Test]
    public async Task Idempotency_PublishedTwice_IsStoredOnce()
    {
        await using var harness = await StartAsync();
        var publisher = harness.Publisher;
        var subscriber = new SubscriberCreated("42", "ada@example.com");
        await SubscribeAsync(harness);

        // snippet: idempotent
        var options = new PublishOptions { EventId = "subscriber-42-created" };
        var first = await publisher.PublishAsync(subscriber, options);
        var second = await publisher.PublishAsync(subscriber, options);
        // first.IsDuplicate is false, second.IsDuplicate is true: one event is stored.
        // end snippet

        Assert.That((first.IsDuplicate, second.IsDuplicate), Is.EqualTo((false, true)));
    }
}
