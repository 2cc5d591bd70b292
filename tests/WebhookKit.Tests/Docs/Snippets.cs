using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Docs;

/// <summary>
/// The code that README and docs show. What stands between the marks must be there word for word, without the indentation
/// (<see cref="CodeBlockTests"/>); most of it also runs here.
/// </summary>
public sealed partial class Snippets
{
    /// <summary>Compiled only: it would send to a real address.</summary>
    internal static async Task FirstAsync(string[] args)
    {
        // snippet: first
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddWebhooks().AddEventType("subscriber.created", "Fires when a subscriber is added.");
        using var host = builder.Build();
        await host.StartAsync();

        var subscriptions = host.Services.GetRequiredService<IWebhookSubscriptions>();
        var publisher = host.Services.GetRequiredService<IWebhookPublisher>();

        await subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["subscriber.*"] });
        await publisher.PublishAsync("subscriber.created", new { id = "42", email = "ada@example.com" });

        await host.WaitForShutdownAsync();
        // end snippet
    }

    // snippet: host-test
    [Test]
    public async Task PayAsync_EndpointFailsOnce_IsAnnouncedAgain()
    {
        await using var harness = await WebhookTestHarness.StartAsync(webhooks =>
        {
            webhooks.AddEventType("order.paid", "Fires when an order is paid.");
            webhooks.Services.AddSingleton<OrderService>();
        });
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["order.*"] });
        harness.Receiver.Reply(500, 200);

        await harness.Services.GetRequiredService<OrderService>().PayAsync("42");
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.That(harness.Requests, Has.Count.EqualTo(2));
        await harness.AssertDeliveredAsync("order.paid", "https://example.com/hooks", times: 1);
    }
    // end snippet

    [Test]
    public async Task Setup_Options_AreAccepted()
    {
        var services = new ServiceCollection();

        // snippet: setup
        services.AddWebhooks(options => options.AttemptTimeout = TimeSpan.FromSeconds(10))
            .AddEventType<SubscriberCreated>("subscriber.created", "Fires when a subscriber is added.")
            .AddEventType("subscriber.deleted", "Fires when a subscriber is deleted.")
            .AddEventType("campaign.open", "Fires when a campaign is opened.", batchingRequired: true)
            .AddObserver<FailureAlarm>();
        // end snippet

        await AssertStartsAsync(services);
    }

    [Test]
    public async Task Declared_InCode_IsThereAtStart()
    {
        var services = new ServiceCollection();
        var secret = WebhookProfiles.StandardWebhooks.Signer!.GenerateSecret();

        // snippet: declared
        services.AddWebhooks()
            .AddEventType("subscriber.created", "Fires when a subscriber is added.")
            .AddSubscription(new NewWebhookSubscription
            {
                Id = "audit",
                Url = new Uri("https://audit.example.com/hooks"),
                EventTypes = ["*"],
                Secret = secret,
            });
        // end snippet

        await AssertStartsAsync(services);
    }

    [Test]
    public async Task Profile_Own_IsAccepted()
    {
        var services = new ServiceCollection();

        // snippet: profile
        services.AddWebhooks(options => options.DefaultProfile = "patient")
            .AddEventType("subscriber.created", "Fires when a subscriber is added.")
            .AddProfile(WebhookProfiles.StandardWebhooks with
            {
                Name = "patient",
                Retry = new RetrySchedule(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1)).Then(12, TimeSpan.FromHours(1)),
                Timeout = TimeSpan.FromSeconds(5),
                Disable = new DisableRule { OnGone = true, OnExhausted = true },
            });
        // end snippet

        await AssertStartsAsync(services);
    }

    [Test]
    public async Task Trimmed_Context_Serializes()
    {
        var services = new ServiceCollection();

        // snippet: trimmed
        services.AddWebhooks(options => options.SerializerOptions.TypeInfoResolver = HostJson.Default)
            .AddEventType<SubscriberCreated>("subscriber.created", "Fires when a subscriber is added.");
        // end snippet

        await using var provider = services.BuildServiceProvider();
        var receipt = await provider.GetRequiredService<IWebhookPublisher>().PublishAsync(new SubscriberCreated("42", "ada@example.com"));
        Assert.That(receipt.EventId, Is.Not.Empty);
    }

    [Test]
    public async Task Subscribe_AllSettings_AreAccepted()
    {
        await using var harness = await StartAsync();
        var subscriptions = harness.Subscriptions;

        // snippet: subscribe
        var subscription = await subscriptions.CreateAsync(new NewWebhookSubscription
        {
            Url = new Uri("https://example.com/hooks"),
            TenantId = "acme",
            EventTypes = ["subscriber.*", "campaign.open"],
            Filter = WebhookFilter.Data("$.plan").EqualTo("pro") & !WebhookFilter.Attribute("source").In("import", "console"),
            Batching = new BatchingOptions { MaxEvents = 100, MaxDelay = TimeSpan.FromMinutes(1) },
            RateLimit = new RateLimit(50, TimeSpan.FromSeconds(1)),
        });
        var secret = subscription.Secrets[0].Value;
        // end snippet

        Assert.That(secret, Does.StartWith("whsec_"));
    }

    [Test]
    public async Task Manage_OneSubscription_AllSucceeds()
    {
        await using var harness = await StartAsync();
        var subscriptions = harness.Subscriptions;
        var id = (await SubscribeAsync(harness)).Id;

        // snippet: manage
        var current = await subscriptions.GetAsync(id);
        await subscriptions.UpdateAsync(current! with { EventTypes = ["subscriber.created"] });

        var rotated = await subscriptions.RotateSecretAsync(id, overlap: TimeSpan.FromHours(48));
        var answer = await subscriptions.SendTestEventAsync(id);

        await subscriptions.PauseAsync(id);
        await subscriptions.EnableAsync(id);
        await subscriptions.DisableAsync(id, "The contract has ended.");
        // end snippet

        Assert.Multiple(() =>
        {
            Assert.That(rotated.Secrets, Has.Count.EqualTo(2));
            Assert.That(answer.StatusCode, Is.EqualTo(200));
        });
    }

    [Test]
    public async Task Publish_EachWay_Stores()
    {
        await using var harness = await StartAsync();
        var publisher = harness.Publisher;
        await SubscribeAsync(harness);
        var subscribers = new[] { new SubscriberCreated("44", "grace@example.com"), new SubscriberCreated("45", "alan@example.com") };

        // snippet: publish
        await publisher.PublishAsync(new SubscriberCreated("42", "ada@example.com"));
        await publisher.PublishAsync("subscriber.created", new { id = "43", email = "joan@example.com" });
        await publisher.PublishJsonAsync("subscriber.deleted", """{"id":"42"}"""u8.ToArray());
        await publisher.PublishManyAsync(subscribers);
        // end snippet

        await harness.DrainAsync();
        await harness.AssertDeliveredAsync("subscriber.created", times: 4);
        await harness.AssertDeliveredAsync("subscriber.deleted", times: 1);
    }

    [Test]
    public async Task Publish_WithOptions_Stores()
    {
        await using var harness = await StartAsync();
        var publisher = harness.Publisher;

        // snippet: publish-options
        var receipt = await publisher.PublishAsync(new SubscriberCreated("42", "ada@example.com"), new PublishOptions
        {
            TenantId = "acme",
            EventId = "subscriber-42-created",
            OrderingKey = "subscriber-42",
            TimeToLive = TimeSpan.FromDays(1),
            Attributes = new Dictionary<string, string> { ["source"] = "form" },
        });
        // end snippet

        Assert.That(receipt.EventId, Is.EqualTo("subscriber-42-created"));
    }

    [Test]
    public async Task Suppress_Import_StoresNothing()
    {
        await using var harness = await StartAsync();
        var publisher = harness.Publisher;
        await SubscribeAsync(harness);
        Task ImportAsync() => publisher.PublishAsync(new SubscriberCreated("42", "ada@example.com")).AsTask();

        // snippet: suppress
        using (publisher.SuppressPublishing())
        {
            await ImportAsync();
        }
        // end snippet

        await harness.DrainAsync();
        Assert.That(harness.Requests, Is.Empty);
    }

    [Test]
    public async Task Look_AfterAFailure_ShowsAndSendsAgain()
    {
        await using var harness = await StartAsync();
        var (deliveries, subscriptions) = (harness.Deliveries, harness.Subscriptions);
        var subscriptionId = (await SubscribeAsync(harness)).Id;
        harness.Receiver.Reply(410);
        await harness.Publisher.PublishAsync(new SubscriberCreated("42", "ada@example.com"));
        await harness.DrainAsync();
        var yesterday = harness.Clock.GetUtcNow().AddDays(-1);

        // snippet: look
        var failed = await deliveries.ListAsync(new DeliveryQuery { SubscriptionId = subscriptionId, Status = DeliveryStatus.Exhausted });
        foreach (var attempt in await deliveries.GetAttemptsAsync(failed.Items[0].Id))
            Console.WriteLine($"{attempt.StartedAt:O} {attempt.Outcome} {attempt.StatusCode} {attempt.Error}");

        await subscriptions.EnableAsync(subscriptionId);
        var recovered = await deliveries.RecoverAsync(subscriptionId, since: yesterday);
        // end snippet

        Assert.That(recovered, Is.EqualTo(1));
    }

    private static Task<WebhookTestHarness> StartAsync() => WebhookTestHarness.StartAsync(webhooks => webhooks
        .AddEventType<SubscriberCreated>("subscriber.created", "Fires when a subscriber is added.")
        .AddEventType("subscriber.deleted", "Fires when a subscriber is deleted.")
        .AddEventType("campaign.open", "Fires when a campaign is opened.", batchingRequired: true));

    private static ValueTask<WebhookSubscription> SubscribeAsync(WebhookTestHarness harness) =>
        harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });

    /// <summary>Starts and stops it as a host does: a bad setting throws.</summary>
    private static async Task AssertStartsAsync(IServiceCollection services)
    {
        await using var provider = services.BuildServiceProvider();
        foreach (var check in provider.GetServices<Microsoft.Extensions.Options.IStartupValidator>()) check.Validate();
        foreach (var hosted in provider.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
            await hosted.StopAsync(default);
        }
    }
}
