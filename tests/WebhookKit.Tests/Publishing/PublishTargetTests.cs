using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Publishing;

public sealed class PublishTargetTests
{
    private const string Other = "https://example.com/other";

    [Test]
    public async Task PublishAsync_Addressed_GoesToJustThoseMatchedOrNot()
    {
        await using var engine = await StartAsync();
        var target = await engine.SubscribeAsync(s => s with { EventTypes = [], Filter = WebhookFilter.Attribute("never").Exists() });
        await engine.SubscribeAsync(s => s with { Url = new Uri(Other) });

        var receipt = await engine.PublishAsync(new PublishOptions { SubscriptionIds = [target.Id, target.Id] });
        await engine.DrainAsync();

        Assert.That(receipt.Deliveries, Is.EqualTo(1));
        Assert.That(engine.RequestsTo(Url), Has.Count.EqualTo(1));
        Assert.That(engine.RequestsTo(Other), Is.Empty);
    }

    [Test]
    public async Task PublishAsync_AddressedToDisabledOrPaused_LeavesOutOrWaits()
    {
        await using var engine = await StartAsync();
        var disabled = await engine.SubscribeAsync(s => s with { Status = SubscriptionStatus.Disabled });
        var paused = await engine.SubscribeAsync(s => s with { Status = SubscriptionStatus.Paused });

        var receipt = await engine.PublishAsync(new PublishOptions { SubscriptionIds = [disabled.Id, paused.Id] });
        await engine.DrainAsync();
        Assert.That(receipt.Deliveries, Is.EqualTo(1));
        Assert.That(engine.Requests, Is.Empty);

        await engine.Subscriptions.EnableAsync(paused.Id);
        await engine.DrainAsync();
        Assert.That(engine.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_AddressedToNobody_KeepsTheEvent()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        var receipt = await engine.PublishAsync(new PublishOptions { SubscriptionIds = [] });

        Assert.That(receipt.Deliveries, Is.Zero);
        Assert.That(await engine.Deliveries.GetEventAsync(null, receipt.EventId), Is.Not.Null);
    }

    [TestCase(null, "'gone' in tenant null")]
    [TestCase("acme", "'gone' in tenant 'acme'")]
    public async Task PublishAsync_AddressedToUnknown_StoresNothing(string? tenantId, string message)
    {
        await using var engine = await StartAsync();
        var known = await engine.SubscribeAsync(s => s with { TenantId = tenantId });

        await AssertRefusedAsync(engine, new PublishOptions { TenantId = tenantId, SubscriptionIds = [known.Id, "gone"] }, message);
    }

    [TestCase("b")]
    [TestCase(null)]
    public async Task PublishAsync_AddressedToAnotherTenant_StoresNothing(string? tenantId)
    {
        await using var engine = await StartAsync();
        var foreign = await engine.SubscribeAsync(s => s with { TenantId = "a" });

        await AssertRefusedAsync(engine, new PublishOptions { TenantId = tenantId, SubscriptionIds = [foreign.Id] }, $"'{foreign.Id}'");
    }

    [Test]
    public async Task PublishAsync_SubscriptionAddedByAnotherNode_IsFound()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();
        await engine.PublishAsync();
        await AddOnAnotherNodeAsync("addressed");
        Assert.That((await engine.PublishAsync(new PublishOptions { SubscriptionIds = ["addressed"] })).Deliveries, Is.EqualTo(1));

        await AddOnAnotherNodeAsync("matched");
        Assert.That((await engine.PublishAsync()).Deliveries, Is.EqualTo(3));

        async Task AddOnAnotherNodeAsync(string id) => await engine.Store().AddSubscriptionAsync(
            new WebhookSubscription { Id = id, Url = new Uri(Other), EventTypes = ["subscriber.*"], Secrets = [new WebhookSecret { Value = GoodSecret }] },
            CancellationToken.None);
    }

    [Test]
    public async Task PublishAsync_SubscriptionDeletedByAnotherNode_IsNotSentTo()
    {
        await using var engine = await StartAsync();
        var gone = await engine.SubscribeAsync();
        await engine.Store().DeleteSubscriptionAsync(gone.Id, engine.Clock.GetUtcNow(), CancellationToken.None);

        Assert.That((await engine.PublishAsync()).Deliveries, Is.Zero);
        await AssertRefusedAsync(engine, new PublishOptions { SubscriptionIds = [gone.Id] }, $"'{gone.Id}'", eventsBefore: 1);
    }

    private static async Task AssertRefusedAsync(WebhookTestHarness engine, PublishOptions options, string message, int eventsBefore = 0)
    {
        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.PublishAsync(options));
        Assert.That(refused.Errors.Single().Field, Is.EqualTo("SubscriptionIds"));
        Assert.That(refused.Message, Does.Contain(message).And.Contain("Address events to subscriptions of their own tenant."));
        Assert.That(await engine.EventsAsync(options.TenantId), Has.Count.EqualTo(eventsBefore));
        Assert.That(await engine.DeliveriesAsync(), Is.Empty);
    }
}
