using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Receiving;

/// <summary>What is stored before it is answered: handled from the store, or forwarded by publishing again.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class StoreTests(string store)
{
    private const string Subscriber = """{"type":"subscriber.created","timestamp":"2026-03-02T08:00:00Z","data":{"email":"ada@example.com"}}""";

    [Test]
    public async Task FromStore_Received_IsStoredAnsweredAndHandledByTheEngine()
    {
        using var folder = new TempFolder();
        var seen = new List<string>();
        await using var host = await StartAsync(folder, o => o.OnEvent<Person>("subscriber.created", (e, data, _) =>
        {
            seen.Add($"{e.Event.Id} {e.Event.Type} {e.Event.OccurredAt:O} {data.Email} {e.MessageId} {e.SignedAt:O} {e.Event.TenantId ?? "none"} {e.Receiver}");
            return Task.CompletedTask;
        }));
        Assert.That(await host.StatusOfAsync("msg_a", body: Subscriber), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(seen, Is.Empty, "nothing dispatches yet");
        await DrainAsync(host);
        Assert.That(seen, Is.EqualTo(new[] { $"msg_a subscriber.created 2026-03-02T08:00:00.0000000+00:00 ada@example.com msg_a {host.Clock.GetUtcNow():O} none /hooks" }));
    }

    [Test]
    public async Task FromStore_HandlerFails_IsTriedAgainAndNotLost()
    {
        using var folder = new TempFolder();
        var calls = 0;
        await using var host = await StartAsync(folder, o => o.OnAny((_, _) => ++calls < 3 ? throw new InvalidOperationException("not now") : Task.CompletedTask));
        await host.StatusOfAsync("msg_a");
        for (var i = 0; i < 5; i++)
        {
            await DrainAsync(host);
            host.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.That(calls, Is.EqualTo(3));
        var deliveries = host.Services.GetRequiredService<IWebhookDeliveries>();
        var delivery = (await deliveries.ListAsync(new DeliveryQuery { AllTenants = true })).Items.Single();
        Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Succeeded));
        Assert.That((await deliveries.GetAttemptsAsync(delivery.Id))[0].ResponseBody is { } body ? body : "", Does.Contain("not now"));
    }

    [Test]
    public async Task FromStore_TheSameAgain_IsAnsweredAndNotStoredTwice()
    {
        using var folder = new TempFolder();
        var calls = 0;
        await using var host = await StartAsync(folder, o => o.OnAny((_, _) => Task.FromResult(++calls)));
        foreach (var body in (string[])["[{\"id\":\"1\",\"type\":\"a\",\"data\":1},{\"id\":\"2\",\"type\":\"a\",\"data\":2}]", "[{\"id\":\"2\",\"type\":\"a\",\"data\":2},{\"id\":\"3\",\"type\":\"a\",\"data\":3}]"])
            Assert.That(await host.StatusOfAsync(body: body), Is.EqualTo(HttpStatusCode.OK));
        await DrainAsync(host);
        Assert.That(calls, Is.EqualTo(3));
        Assert.That(await host.StatusOfAsync("1"), Is.EqualTo(HttpStatusCode.OK));
        await DrainAsync(host);
        Assert.That(calls, Is.EqualTo(3), "handled ones are remembered too");
    }

    [Test]
    public async Task FromStore_Restarted_HandlesWhatWasTakenAndKnowsWhatWasHandled()
    {
        if (store == "memory") Assert.Ignore("There is nothing to restart from.");
        using var folder = new TempFolder();
        var clock = new ManualTimeProvider();
        var calls = new List<string>();
        Task Handle(ReceivedWebhook e, CancellationToken cancellationToken)
        {
            calls.Add(e.Event.Id);
            return Task.CompletedTask;
        }

        await using (var before = await StartAsync(folder, o => o.OnAny(Handle), clock))
        {
            await before.StatusOfAsync("a");
            await DrainAsync(before);
            await before.StatusOfAsync("b");
        }

        await using var after = await StartAsync(folder, o => o.OnAny(Handle), clock);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await after.StatusOfAsync("a"), Is.EqualTo(HttpStatusCode.OK));
        await DrainAsync(after);
        Assert.That(calls, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task FromStore_StrangeEvents_ComeBackAsTheyWere()
    {
        using var folder = new TempFolder();
        WebhookEvent? seen = null;
        await using var host = await StartAsync(folder, map: app => app.MapWebhookReceiver("/hooks", o =>
        {
            o.Profile = WebhookProfiles.CloudEvents;
            o.AllowUnsigned = true;
            o.Handling = WebhookHandling.FromStore;
            o.ResolveTenant = _ => new("tenant");
            o.OnAny((e, _) =>
            {
                seen = e.Event;
                return Task.CompletedTask;
            });
        }));
        const string Event = """{"specversion":"1.0","id":"a.b c é","source":"/s","type":"Some Type!","time":"2026-03-02T08:00:00.5+02:00","subject":"Zoë \u202e","partitionkey":"k","datacontenttype":"text/plain","data":"häh"}""";
        for (var i = 0; i < 2; i++)
        {
            using var response = await host.SendAsync(Event, profile: WebhookProfiles.CloudEvents, change: r => r.Content!.Headers.ContentType = new("application/cloudevents+json"));
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        await DrainAsync(host);
        Assert.Multiple(() =>
        {
            Assert.That((seen!.Id, seen.Type, seen.TenantId, seen.OrderingKey, seen.ContentType), Is.EqualTo(("a.b c é", "Some Type!", "tenant", "k", "text/plain")));
            Assert.That(seen.OccurredAt, Is.EqualTo(new DateTimeOffset(2026, 3, 2, 8, 0, 0, 500, TimeSpan.FromHours(2))));
            Assert.That(seen.Attributes, Is.EquivalentTo(new Dictionary<string, string> { ["source"] = "/s", ["subject"] = "Zoë \u202e" }));
            Assert.That(Encoding.UTF8.GetString(seen.Data.Span), Is.EqualTo("häh"));
        });
        var receipts = (await host.Services.GetRequiredService<IWebhookDeliveries>().ListAsync(new DeliveryQuery { AllTenants = true })).Items;
        Assert.That(receipts, Has.Count.EqualTo(1), "the second was a duplicate");
    }

    [Test]
    public async Task FromStore_Inbox_IsOfNoTenantThatAnybodyLists()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder, o => o.OnAny((_, _) => Task.CompletedTask));
        await host.StatusOfAsync();
        var subscriptions = host.Services.GetRequiredService<IWebhookSubscriptions>();
        Assert.That((await subscriptions.ListAsync(new SubscriptionQuery())).Items, Is.Empty);
        Assert.That((await subscriptions.ListAsync(new SubscriptionQuery { AllTenants = true })).Items.Single().Url.Host, Is.EqualTo("inbox.invalid"));
    }

    [Test]
    public async Task FromStore_TooLargeForTheStore_IsRefused()
    {
        using var folder = new TempFolder();
        await using var host = await StartAsync(folder, o => o.OnAny((_, _) => Task.CompletedTask), options: o => o.MaxEventBytes = 100);
        Assert.That(await host.StatusOfAsync(body: $$"""{"type":"a","data":"{{new string('x', 200)}}"}"""), Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(host.Log.Lines.Count(l => l.Id.Id == 108), Is.EqualTo(1));
    }

    [Test]
    public async Task Forward_Received_IsPublishedAgainOnce()
    {
        using var folder = new TempFolder();
        var receiver = new ScriptedReceiver(new ManualTimeProvider());
        await using var host = await StartAsync(folder, o => { o.Forward(); o.Handling = default; o.ResolveTenant = _ => new("acme"); }, endpoint: receiver);
        await SubscribeAsync(host, "acme");
        for (var i = 0; i < 2; i++) Assert.That(await host.StatusOfAsync("msg_a", body: Subscriber), Is.EqualTo(HttpStatusCode.OK));
        await DrainAsync(host);
        var request = receiver.Requests.Single();
        Assert.That(request.Headers["webhook-id"], Is.EqualTo("msg_a"));
        Assert.That(Encoding.UTF8.GetString(request.Body.Span), Is.EqualTo("""{"type":"subscriber.created","timestamp":"2026-03-02T08:00:00.000000Z","data":{"email":"ada@example.com"}}"""));
    }

    [Test]
    public async Task Forward_Batch_IsStoredWholeOrNotAtAll()
    {
        using var folder = new TempFolder();
        var receiver = new ScriptedReceiver(new ManualTimeProvider());
        await using var host = await StartAsync(
            folder, o => { o.Forward(f => f.EventType = e => e.Type.Length > 0 ? e.Type : null); o.Handling = default; }, endpoint: receiver, options: o => o.MaxEventBytes = 50);
        await SubscribeAsync(host, null);
        var bad = $$"""[{"id":"1","type":"a","data":1},{"id":"2","type":"a","data":"{{new string('x', 60)}}"}]""";
        Assert.That(await host.StatusOfAsync("b1", body: bad), Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        await DrainAsync(host);
        Assert.That(receiver.Requests, Is.Empty);
        Assert.That(await host.StatusOfAsync("b2", body: """[{"type":"a","data":1},{"id":"2","type":"a","data":2},{"data":"left out"}]"""), Is.EqualTo(HttpStatusCode.OK));
        await DrainAsync(host);
        Assert.That(receiver.Requests.Select(r => r.Headers["webhook-id"]), Is.EquivalentTo(new[] { "b2-0", "2" }));
    }

    [Test]
    public async Task Forward_TwoSendersOfOneIdWithoutTenants_AreBothPublished()
    {
        using var folder = new TempFolder();
        var receiver = new ScriptedReceiver(new ManualTimeProvider());
        await using var host = await StartAsync(folder, o => { o.Forward(); o.Handling = default; }, endpoint: receiver, pattern: "/hooks/{account}");
        await SubscribeAsync(host, null);
        foreach (var path in (string[])["/hooks/a", "/hooks/b", "/hooks/b"]) (await host.SendAsync(path: path, id: "same")).Dispose();
        await DrainAsync(host);
        Assert.That(receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count(), Is.EqualTo(2));
    }

    private static async Task SubscribeAsync(ReceiverHost host, string? tenant) =>
        await host.Services.GetRequiredService<IWebhookSubscriptions>().CreateAsync(new NewWebhookSubscription { TenantId = tenant, Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });

    private static async Task DrainAsync(ReceiverHost host) => await host.Services.GetRequiredService<IWebhookDeliveries>().DrainAsync(TimeSpan.FromSeconds(30));

    private Task<ReceiverHost> StartAsync(
        TempFolder folder,
        Action<WebhookReceiverOptions>? configure = null,
        ManualTimeProvider? clock = null,
        ScriptedReceiver? endpoint = null,
        Action<WebhookOptions>? options = null,
        Action<WebApplication>? map = null,
        string pattern = "/hooks") =>
        ReceiverHost.StartAsync(
            configure is null ? null : o =>
            {
                o.Handling = WebhookHandling.FromStore;
                configure(o);
            },
            webhooks =>
            {
                webhooks.AddInbox();
                if (endpoint is not null) webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler(() => endpoint);
                if (store == "sqlite") webhooks.UseSqlite(folder.ConnectionString);
            },
            map,
            pattern,
            clock,
            o =>
            {
                o.Dispatch = false;
                options?.Invoke(o);
            });

    private sealed record Person(string Email);
}
