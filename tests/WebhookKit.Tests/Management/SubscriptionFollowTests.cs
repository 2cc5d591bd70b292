using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Diagnostics;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Management;

/// <summary>A change that is stored stands, although this node cannot read it back just then.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SubscriptionFollowTests
{
    private const int RefreshFailed = 9;
    private FaultyStore _store = null!;

    [Test]
    public async Task Create_RefreshFails_StandsAndIsMatchedLater()
    {
        using var log = new LogCapture();
        await using var harness = await StartAsync(log);
        FailRefresh();

        var created = await harness.SubscribeAsync(s => s with { Id = "s" });

        Assert.That(created.Id, Is.EqualTo("s"));
        Assert.That(log.Lines.Single(l => l.EventId == RefreshFailed).Message, Does.Contain("subscription s is stored"));
        _store.Before = _ => { };
        Assert.That((await harness.PublishAsync()).Deliveries, Is.EqualTo(1));
    }

    [Test]
    public async Task Change_RefreshFails_Stands()
    {
        using var log = new LogCapture();
        await using var harness = await StartAsync(log);
        var created = await harness.SubscribeAsync();
        FailRefresh();

        var renamed = await harness.Subscriptions.UpdateAsync(created with { Name = "2" });
        await harness.Subscriptions.DisableAsync(created.Id);
        await harness.Subscriptions.RotateSecretAsync(created.Id);

        Assert.That(renamed.Name, Is.EqualTo("2"));
        Assert.That(log.Lines.Count(l => l.EventId == RefreshFailed), Is.EqualTo(3));
        _store.Before = _ => { };
        Assert.That((await harness.PublishAsync()).Deliveries, Is.Zero, "it is disabled, as publishing learns");
    }

    [Test]
    public async Task Delete_RefreshFails_Stands()
    {
        using var log = new LogCapture();
        await using var harness = await StartAsync(log);
        var created = await harness.SubscribeAsync();
        FailRefresh();

        Assert.That(await harness.Subscriptions.DeleteAsync(created.Id), Is.True);

        _store.Before = _ => { };
        Assert.That(await harness.Subscriptions.GetAsync(created.Id), Is.Null);
        Assert.That((await harness.PublishAsync()).Deliveries, Is.Zero);
    }

    private Task<WebhookTestHarness> StartAsync(LogCapture log) => TestEngine.StartAsync(configure: webhooks =>
    {
        Engine.WithStore(s => _store = s)(webhooks);
        webhooks.Services.AddLogging(logging => logging.AddProvider(log));
    });

    private void FailRefresh() => _store.Before = method =>
    {
        if (method == nameof(ISubscriptionStore.ReadChangesAsync)) throw new IOException("The store is away.");
    };
}
