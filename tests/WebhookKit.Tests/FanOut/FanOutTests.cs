using NUnit.Framework;

namespace WebhookKit.Tests.FanOut;

/// <summary>One event for many subscriptions: its data is stored once, and is in memory once.</summary>
internal abstract class FanOutTests
{
    /// <summary>More than two reads of the engine bring.</summary>
    protected const int Subscriptions = 450;

    /// <summary>So large that a second copy shows.</summary>
    protected const int DataBytes = 20_000;

    [Test]
    public async Task Fresh_AllUnderWay_ShareOneBuffer()
    {
        var watch = new BufferWatch(Subscriptions);
        await using var engine = new FanOutEngine(watch, Configure);
        await engine.StartAsync();
        await PublishAsync(engine);
        await watch.Seen;
        Assert.That(watch.Buffers, Is.EqualTo(1));
    }

    [Test]
    public async Task ReadBack_AllUnderWay_ShareOneBuffer()
    {
        var watch = new BufferWatch(Subscriptions);
        await using var engine = new FanOutEngine(watch, Configure);

        // It owns no lane yet, so that nothing is handed over: what is under way later has been read.
        await PublishAsync(engine);
        await engine.StartAsync();
        await watch.Seen;
        Assert.That(watch.Buffers, Is.EqualTo(1));
    }

    protected abstract void Configure(IWebhooksBuilder webhooks);

    /// <summary>Stores the event with its deliveries, of which none is sent, and closes the store.</summary>
    /// <param name="subscribed">What is to be done before the event is published.</param>
    protected async Task StoreAsync(Func<Task>? subscribed = null)
    {
        await using var engine = new FanOutEngine(new BufferWatch(0), Configure);
        await PublishAsync(engine, subscribed);
    }

    private static async Task PublishAsync(FanOutEngine engine, Func<Task>? subscribed = null)
    {
        await engine.SubscribeAsync(Subscriptions);
        if (subscribed is not null) await subscribed();
        Assert.That(await engine.PublishAsync(DataBytes), Is.EqualTo(Subscriptions));
    }
}
