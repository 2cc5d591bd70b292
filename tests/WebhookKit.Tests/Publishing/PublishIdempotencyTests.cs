using NUnit.Framework;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Publishing;

public sealed class PublishIdempotencyTests
{
    private static readonly PublishOptions Options = new() { EventId = "order-1" };

    [Test]
    public async Task PublishAsync_SameId_ReturnsTheFirstReceiptAndSendsNothingTwice()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        var first = await engine.Publisher.PublishAsync(Created, 1, Options);
        var whilePending = await engine.Publisher.PublishAsync(Created, 2, Options);
        await engine.DrainAsync();
        var afterwards = await engine.Publisher.PublishAsync(Deleted, 3, Options);
        await engine.DrainAsync();

        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(new PublishReceipt("order-1", 1, IsDuplicate: false)));
            Assert.That(whilePending, Is.EqualTo(first with { IsDuplicate = true }));
            Assert.That(afterwards, Is.EqualTo(first with { IsDuplicate = true }));
            Assert.That(engine.Requests.Single().BodyText, Does.EndWith("\"data\":1}"));
        });
        Assert.That(await engine.EventsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_SameIdAfterSubscriptionsChanged_StaysAsItWas()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();
        var first = await engine.PublishAsync(Options);
        await engine.SubscribeAsync(s => s with { Url = new Uri("https://example.com/late") });

        var second = await engine.PublishAsync(Options);
        await engine.DrainAsync();

        Assert.That(second, Is.EqualTo(first with { IsDuplicate = true }));
        Assert.That(engine.RequestsTo("https://example.com/late"), Is.Empty);
    }

    [Test]
    public async Task PublishAsync_SameIdOfAnotherTenant_IsAnotherEvent()
    {
        await using var engine = await StartAsync();

        var receipts = new[]
        {
            await engine.PublishAsync(Options),
            await engine.PublishAsync(Options with { TenantId = "a" }),
            await engine.PublishAsync(Options with { TenantId = "b" }),
            await engine.PublishAsync(Options with { TenantId = "a" }),
        };

        Assert.That(receipts.Select(r => r.IsDuplicate), Is.EqualTo(new[] { false, false, false, true }));
    }

    [Test]
    public async Task PublishManyAsync_SameIdWithinAndBefore_StoresTheRest()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();
        await engine.PublishAsync(Options);
        WebhookEvent one = new() { Id = "order-1", Type = Created, Data = "1"u8.ToArray() };

        var receipts = await engine.Publisher.PublishManyAsync([one, one with { Id = "order-2" }, one with { Id = "order-2" }]);

        Assert.That(receipts.Select(r => r.IsDuplicate), Is.EqualTo(new[] { true, false, true }));
        Assert.That(receipts.Select(r => r.Deliveries), Is.All.EqualTo(1));
        Assert.That(await engine.DeliveriesAsync(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task PublishAsync_SameIdByManyAtOnce_IsStoredOnce()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await engine.PublishAsync(Options))));

        Assert.That(receipts.Count(r => !r.IsDuplicate), Is.EqualTo(1));
        Assert.That(await engine.DeliveriesAsync(), Has.Count.EqualTo(1));
    }
}
