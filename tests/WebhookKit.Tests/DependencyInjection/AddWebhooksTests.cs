using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using RichardSzalay.MockHttp;
using WebhookKit.Dispatching;
using WebhookKit.Sending;
using WebhookKit.Storage.InMemory;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.DependencyInjection;

public sealed class AddWebhooksTests
{
    [Test]
    public void AddWebhooks_NoServices_IsRefused() =>
        Assert.That(() => WebhookServiceCollectionExtensions.AddWebhooks(null!), Throws.ArgumentNullException);

    [Test]
    public async Task AddWebhooks_NothingElse_CanBeBuiltAndStarted()
    {
        var services = new ServiceCollection();
        services.AddWebhooks();
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        provider.GetRequiredService<IStartupValidator>().Validate();
        Assert.That(await provider.GetRequiredService<IWebhookDeliveries>().DrainAsync(), Is.EqualTo(new DrainResult(true, null)));
    }

    [Test]
    public async Task AddWebhooks_Twice_AddsToTheSame()
    {
        var services = new ServiceCollection();
        services.AddWebhooks(o => o.MaxEventBytes = 1).AddEventType("a.b", "One.").AddObserver<Observer>();
        var again = services.AddWebhooks(o => o.MaxResponseBytes = 2).AddEventType("a.b", "One.").AddEventType("c.d", "Two.").AddObserver<Observer>();
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<WebhookOptions>();
        provider.GetRequiredService<IStartupValidator>().Validate();
        Assert.Multiple(() =>
        {
            Assert.That((options.MaxEventBytes, options.MaxResponseBytes), Is.EqualTo((1, 2)));
            Assert.That(again.Services, Is.SameAs(services));
            Assert.That(provider.GetServices<IHostedService>().Count(h => h is DispatcherService), Is.EqualTo(1));
            Assert.That(provider.GetServices<IWebhookObserver>().Count(), Is.EqualTo(1));
            Assert.That(provider.GetServices<IWebhookPublisher>().Count(), Is.EqualTo(1));
            Assert.That(provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpSender.ClientName).DefaultRequestHeaders.UserAgent, Has.Count.EqualTo(1));
            Assert.That(provider.GetRequiredService<IWebhookStore>(), Is.SameAs(provider.GetRequiredService<IDeliveryQueue>()));
        });
    }

    [Test]
    public async Task AddWebhooks_AgainAfterThePrimaryHandlerWasReplaced_LeavesItReplaced()
    {
        using var receiver = new MockHttpMessageHandler();
        var request = receiver.Expect(HttpMethod.Post, Url).WithHeaders("User-Agent", "WebhookKit").Respond(HttpStatusCode.Accepted);
        var services = new ServiceCollection();
        services.AddWebhooks(o => o.AllowUnknownEventTypes = true).HttpClient.ConfigurePrimaryHttpMessageHandler(() => receiver);
        services.AddWebhooks().AddSubscription(new NewWebhookSubscription { Id = "s", Url = new Uri(Url), EventTypes = ["*"] });
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IWebhookPublisher>().PublishAsync("a.b", 1);
        await provider.GetRequiredService<IWebhookDeliveries>().DrainAsync();

        Assert.That(receiver.GetMatchCount(request), Is.EqualTo(1));
        receiver.VerifyNoOutstandingExpectation();
    }

    [Test]
    public async Task HttpClient_HandlerOfTheHost_IsCalledForEveryRequest()
    {
        await using var engine = await StartAsync(configure: w => w.HttpClient.AddHttpMessageHandler(() => new Stamp()));
        var subscription = await engine.SubscribeAsync();

        await engine.PublishAsync();
        await engine.DrainAsync();
        await engine.Subscriptions.SendTestEventAsync(subscription.Id);

        Assert.That(engine.Requests.Select(r => r.Headers["x-host"]), Is.EqualTo(new[] { "yes", "yes" }));
    }

    [Test]
    public async Task UseStore_Given_IsTheOnlyOneAndMadeOnce()
    {
        var made = 0;
        InMemoryWebhookStore? store = null;
        await using var engine = await StartAsync(configure: w => w.UseStore(p =>
        {
            made++;
            return store = new InMemoryWebhookStore(new InMemoryStoreOptions { PartitionCount = 3 }, p.GetRequiredService<TimeProvider>());
        }));

        var subscription = await engine.SubscribeAsync();

        Assert.That(made, Is.EqualTo(1));
        Assert.That(engine.Services.GetServices<IWebhookStore>(), Is.EqualTo(new[] { store }));
        foreach (var type in (Type[])[typeof(ISubscriptionStore), typeof(IDeliveryQueue), typeof(IDeliveryHistory)])
            Assert.That(engine.Services.GetRequiredService(type), Is.SameAs(store));
        Assert.That(await store!.GetSubscriptionAsync(subscription.Id, CancellationToken.None), Is.EqualTo(subscription));
    }

    [Test]
    public async Task UseScheduler_Given_GivesTheTurns()
    {
        Scheduler? scheduler = null;
        await using var engine = await StartAsync(configure: w => w.UseScheduler(p => scheduler = new Scheduler(new FairScheduler(p.GetRequiredService<TimeProvider>()))));
        var subscription = await engine.SubscribeAsync(s => s with { TenantId = "t" });

        await engine.PublishAsync(new PublishOptions { TenantId = "t" });
        await engine.DrainAsync();

        Assert.That(engine.Requests, Has.Count.EqualTo(1));
        Assert.That(scheduler!.Asked, Is.Not.Empty.And.All.EqualTo($"t/{subscription.Id}"));
    }

    [Test]
    public async Task InMemoryStoreOptions_Configured_Count()
    {
        await using var engine = await StartAsync(configure: w => w.Services.Configure<InMemoryStoreOptions>(o => o.MaxPending = 1));
        await engine.SubscribeAsync();
        await engine.PublishAsync();

        var full = await ThrownAsync<WebhookConflictException>(async () => await engine.PublishAsync());
        Assert.That(full.Message, Does.Contain("MaxPending"));
    }

    [Test]
    public async Task AddSubscription_SecondStart_ChangesWhatWasChangedAndKeepsTheRest()
    {
        var store = new InMemoryWebhookStore(new InMemoryStoreOptions(), new ManualTimeProvider());
        var declared = new NewWebhookSubscription { Id = "crm", Url = new Uri(Url), EventTypes = [Created], Name = "CRM" };
        WebhookSubscription first;
        await using (var engine = await StartAsync(store, declared))
        {
            first = (await engine.Subscriptions.GetAsync("crm"))!;
            Assert.That((first.Name, first.Profile, first.Status), Is.EqualTo(("CRM", "StandardWebhooks", SubscriptionStatus.Enabled)));
            await engine.Subscriptions.PauseAsync("crm");
            await engine.SubscribeAsync(s => s with { Id = "by-hand" });
        }

        WebhookSubscription second;
        await using (var engine = await StartAsync(store, declared)) second = (await engine.Subscriptions.GetAsync("crm"))!;
        Assert.That(second.Status, Is.EqualTo(SubscriptionStatus.Paused), "the status is left as it is");
        Assert.That(second.Secrets, Is.EqualTo(first.Secrets));

        await using (var engine = await StartAsync(store, declared))
            Assert.That(await engine.Subscriptions.GetAsync("crm"), Is.EqualTo(second), "nothing has changed, so nothing is written");

        var changed = declared with { Url = new Uri("https://example.com/v2"), EventTypes = [Created, Deleted], Secret = GoodSecret, Status = SubscriptionStatus.Disabled };
        await using (var engine = await StartAsync(store, changed))
        {
            var third = (await engine.Subscriptions.GetAsync("crm"))!;
            Assert.That(third, Is.EqualTo(second with { Url = changed.Url, EventTypes = third.EventTypes, UpdatedAt = third.UpdatedAt, Version = third.Version }));
            Assert.That(third.EventTypes, Is.EqualTo(changed.EventTypes));
            Assert.That(third.Version, Is.GreaterThan(second.Version));
            Assert.That((await engine.Publisher.PublishAsync(Deleted, 1)).Deliveries, Is.EqualTo(2));
        }
    }

    [Test]
    public async Task AddSubscription_DeclaredForAnotherTenantNow_FailsTheStart()
    {
        var store = new InMemoryWebhookStore(new InMemoryStoreOptions(), new ManualTimeProvider());
        var declared = new NewWebhookSubscription { Id = "crm", TenantId = "a", Url = new Uri(Url), EventTypes = [Created] };
        await using (await StartAsync(store, declared))
        {
        }

        var refused = await ThrownAsync<WebhookConflictException>(async () => await StartAsync(store, declared with { TenantId = "b" }));

        Assert.That(refused.Message, Does.Contain("'crm'").And.Contain("'a'").And.Contain("'b'"));
    }

    [Test]
    public async Task AddProfile_NameOfABuiltIn_ReplacesIt()
    {
        await using var engine = await StartAsync(configure: w => w.AddProfile(Brief with { Name = "StandardWebhooks" }));
        engine.Receiver.Reply(500);
        await engine.SubscribeAsync(s => s with { Profile = null });

        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.That(engine.Requests, Has.Count.EqualTo(2));
    }

    private static Task<WebhookTestHarness> StartAsync(IWebhookStore store, NewWebhookSubscription declared) =>
        TestEngine.StartAsync(configure: w => w.UseStore(_ => store).AddSubscription(declared));

    private static Task<WebhookTestHarness> StartAsync(Action<IWebhooksBuilder> configure) => TestEngine.StartAsync(configure: configure);

    private sealed class Observer : IWebhookObserver;

    private sealed class Stamp : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("x-host", "yes");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Scheduler(IDeliveryScheduler inner) : IDeliveryScheduler
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _asked = new();

        public IEnumerable<string> Asked => _asked;

        public void Schedule(DeliveryLane lane, DateTimeOffset dueAt)
        {
            _asked.Enqueue(lane.ToString());
            inner.Schedule(lane, dueAt);
        }

        public ValueTask<DeliveryLane> NextAsync(CancellationToken cancellationToken) => inner.NextAsync(cancellationToken);
    }
}
