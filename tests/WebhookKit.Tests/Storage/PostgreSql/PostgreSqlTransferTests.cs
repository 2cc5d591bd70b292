using NUnit.Framework;
using WebhookKit.PostgreSql;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>What a reader does not take comes over the network all the same, so it must not be asked for.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlTransferTests : PostgreSqlFixture, IDisposable
{
    private const int Events = 400;
    private const int Limit = 10;
    private const int DataSize = 10_000;

    /// <summary>Of what is asked for, and one more, and the rest of each row.</summary>
    private const int Most = (Limit + 1) * DataSize * 2;

    private static readonly byte[] Data = [.. "\""u8, .. Enumerable.Repeat((byte)'x', DataSize - 2), .. "\""u8];

    private readonly StoreWrites _writes = new();
    private BreakableWay? _way;

    public void Dispose() => _way?.Dispose();

    [Test]
    public async Task ListMissedEventsAsync_MoreThanOnePage_BringsTheDataOfOne()
    {
        await using var store = await StartAsync(hasDeliveries: false);
        var before = _way!.Received;

        var page = await store.ListMissedEventsAsync(null, "sub", default, null, Limit, default);

        Assert.That(page.Items.Select(e => e.Id), Is.EqualTo(Enumerable.Range(0, Limit).Select(i => $"e{i}")));
        Assert.That(_way.Received - before, Is.LessThan(Most));
    }

    [Test]
    public async Task ReadAsync_InSequence_BringsTheDataOfWhatIsAskedForOnly([Values] bool hasHeld, [Values] bool leavesOut)
    {
        await using var store = await StartAsync(hasDeliveries: true);
        var all = (await store.ReadAsync([new LaneRead("sub", Events, InSequence: true)], default))[0];
        var held = all.Take(hasHeld ? 50 : 0).Select(p => p.Delivery.Id).ToHashSet();
        var read = new LaneRead("sub", Limit, InSequence: true) { Held = held, WithoutKeys = leavesOut ? ["key"] : [] };
        var before = _way!.Received;

        var found = (await store.ReadAsync([read], default))[0];

        Assert.That(found.Select(p => p.Event.Id), Is.EqualTo(all.Skip(held.Count).Take(Limit).Select(p => p.Event.Id)));
        Assert.That(_way.Received - before, Is.LessThan(Most));
    }

    private async Task<PostgreSqlWebhookStore> StartAsync(bool hasDeliveries)
    {
        _way = new BreakableWay(Schema.ConnectionString);
        var store = CreateStore(o => o.ConnectionString = _way.ConnectionString);
        await store.InitializeAsync(default);
        var writes = Enumerable.Range(0, Events).Select(i => _writes.Write($"e{i}")).Select(w => w with { Event = w.Event with { Data = Data }, Deliveries = hasDeliveries ? w.Deliveries : [] });
        await store.PublishAsync([.. writes], null, default);
        return store;
    }
}
