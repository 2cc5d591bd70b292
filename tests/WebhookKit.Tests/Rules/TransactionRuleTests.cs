using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace WebhookKit.Tests.Rules;

/// <summary>Rule 1 within a host's transaction: what is published commits with it, and goes out soon after.</summary>
public sealed class TransactionRuleTests
{
    private FaultyStore _store = null!;

    [Test]
    public async Task Publish_TransactionCommitted_GoesOutWithoutASweep()
    {
        await using var background = await StartAsync();
        var sweeps = 0;
        await using var transaction = new FakeTransaction();
        await background.Publisher.PublishAsync("a.b", new { }, new PublishOptions { Transaction = transaction });
        _store.Before = method => sweeps += method == nameof(IDeliveryQueue.ListDueLanesAsync) ? 1 : 0;
        background.Clock.Advance(TimeSpan.FromMilliseconds(120));
        Assert.That(background.Receiver.Requests, Has.Count.EqualTo(1), "it is not committed yet");

        await transaction.CommitAsync();
        background.Clock.Advance(TimeSpan.FromMilliseconds(50));
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 2, TimeSpan.Zero);

        Assert.That(sweeps, Is.Zero);
    }

    [Test]
    public async Task Publish_TransactionDisposed_CountsAsEnded()
    {
        await using var background = await StartAsync();
        var transaction = new FakeTransaction();
        await background.Publisher.PublishAsync("a.b", new { }, new PublishOptions { Transaction = transaction });
        await transaction.CommitAsync();
        await transaction.DisposeAsync();

        background.Clock.Advance(TimeSpan.FromMilliseconds(50));
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 2, TimeSpan.Zero);
    }

    [Test]
    public async Task Publish_SeveralTransactions_EachGoesOutWhenItsOwnEnds()
    {
        await using var background = await StartAsync();
        await using var slow = new FakeTransaction();
        await using var quick = new FakeTransaction();
        foreach (var (id, transaction) in new[] { ("slow", slow), ("quick", quick) })
            await background.Publisher.PublishAsync("a.b", new { }, new PublishOptions { EventId = id, Transaction = transaction });

        await quick.CommitAsync();
        background.Clock.Advance(TimeSpan.FromMilliseconds(50));
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 2, TimeSpan.Zero);
        await slow.CommitAsync();
        background.Clock.Advance(TimeSpan.FromMilliseconds(50));
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 3, TimeSpan.Zero);

        Assert.That(background.Receiver.Requests.Skip(1).Select(r => r.MessageId()), Is.EqualTo(new[] { "quick", "slow" }));
    }

    [Test]
    public async Task Publish_TransactionRolledBack_SendsNothing()
    {
        await using var background = await StartAsync();
        await using var transaction = new FakeTransaction();
        await background.Publisher.PublishAsync("a.b", new { }, new PublishOptions { EventId = "undone", Transaction = transaction });
        await transaction.RollbackAsync();
        await background.Publisher.PublishAsync("a.b", new { }, new PublishOptions { EventId = "after" });
        background.Clock.Advance(TimeSpan.FromMilliseconds(50));
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 2);

        Assert.That(background.Receiver.Requests[^1].MessageId(), Is.EqualTo("after"));
        Assert.That(await background.Deliveries.GetEventAsync(null, "undone"), Is.Null);
    }

    /// <summary>An engine whose sweeps are rare, which owns its partitions and has sent one event already.</summary>
    private async Task<BackgroundEngine> StartAsync()
    {
        var background = await BackgroundEngine.StartAsync(webhooks =>
        {
            Engine.WithStore(s => _store = s)(webhooks);
            webhooks.Services.Configure<WebhookOptions>(o => o.SweepInterval = TimeSpan.FromMinutes(5));
        });
        await background.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        await background.Publisher.PublishAsync("a.b", new { });
        await background.AdvanceUntilAsync(() => background.Receiver.Requests.Count == 1);
        return background;
    }
}
