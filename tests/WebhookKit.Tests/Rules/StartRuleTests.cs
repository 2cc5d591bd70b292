using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using WebhookKit.Tests.Diagnostics;

namespace WebhookKit.Tests.Rules;

/// <summary>What a store that cannot be used when the host starts means.</summary>
public sealed class StartRuleTests
{
    private const int StartedWithoutStore = 18;

    [Test]
    public async Task Start_StoreAway_FailsTheHostsStart()
    {
        await using var background = BackgroundEngine.Create(Engine.WithStore(s => s.Before = _ => throw Away()));

        Assert.That(background.StartAsync, Throws.TypeOf<WebhookStoreException>());
    }

    [Test]
    public async Task StartWithoutStore_StoreAway_GoesOnUntilItIsThere()
    {
        FaultyStore store = null!;
        using var log = new LogCapture();
        await using var background = BackgroundEngine.Create(webhooks =>
        {
            Engine.WithStore(s => store = s)(webhooks);
            webhooks.Services.Configure<WebhookOptions>(o => o.StartWithoutStore = true);
            webhooks.Services.AddLogging(logging => logging.AddProvider(log));
            webhooks.AddSubscription(new NewWebhookSubscription { Id = "s", Url = new Uri(Engine.Url), EventTypes = ["*"] });
        });
        var isAway = true;
        _ = background.Publisher;
        store.Before = _ => { if (isAway) throw Away(); };
        await background.StartAsync();

        var line = log.Lines.Single(l => l.EventId == StartedWithoutStore);
        Assert.That(line.Level, Is.EqualTo(LogLevel.Error));
        Assert.That(line.Exception, Is.TypeOf<WebhookStoreException>());
        Assert.That(async () => await background.Publisher.PublishAsync("a.b", new { }), Throws.TypeOf<WebhookStoreException>());
        await background.AdvanceUntilAsync(() => log.Lines.Count(l => l.EventId == 2) >= 3);

        isAway = false;
        await background.Publisher.PublishAsync("a.b", new { });
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 1);
    }

    [Test]
    public async Task StartWithoutStore_AnotherFault_FailsTheHostsStart()
    {
        await using var background = BackgroundEngine.Create(webhooks =>
        {
            Engine.WithStore(s => s.Before = _ => throw new InvalidOperationException("A bug."))(webhooks);
            webhooks.Services.Configure<WebhookOptions>(o => o.StartWithoutStore = true);
        });

        Assert.That(background.StartAsync, Throws.TypeOf<InvalidOperationException>());
    }

    [Test]
    public async Task StartWithoutStore_StoppedBeforeItIsThere_Stops()
    {
        await using var background = BackgroundEngine.Create(webhooks =>
        {
            Engine.WithStore(s => s.Before = _ => throw Away())(webhooks);
            webhooks.Services.Configure<WebhookOptions>(o => o.StartWithoutStore = true);
        });
        await background.StartAsync();

        await background.StopAsync(CancellationToken.None);
    }

    private static WebhookStoreException Away() => new("The store is away. Start it.");
}
