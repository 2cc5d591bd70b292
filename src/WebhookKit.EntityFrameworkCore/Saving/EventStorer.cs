using System.Data.Common;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>Publishes raised events within a transaction.</summary>
internal sealed class EventStorer(WebhookServices services, PendingWebhooks pending)
{
    /// <summary>The most that the publisher takes at once.</summary>
    private const int MaxEvents = 10_000;

    public void Store(IReadOnlyList<RaisedWebhook> raised, SaveUnit unit)
    {
        var events = Make(raised);
        var transaction = unit.Transaction;

        // Publishing is asynchronous only. On the pool no context is there that it could wait for while it is being waited for.
        Task.Run(() => PublishAsync(raised, events, transaction, CancellationToken.None)).GetAwaiter().GetResult();
        pending.Stored(raised, unit.Id);
    }

    public async Task StoreAsync(IReadOnlyList<RaisedWebhook> raised, SaveUnit unit, CancellationToken cancellationToken)
    {
        await PublishAsync(raised, Make(raised), unit.Transaction, cancellationToken);
        pending.Stored(raised, unit.Id);
    }

    private WebhookEvent[] Make(IReadOnlyList<RaisedWebhook> raised)
    {
        var factory = services.Factory;
        return [.. raised.Select(r => r.Complete is null ? r.Make(factory) : r.Complete(factory, r.Make(factory)))];
    }

    private async Task PublishAsync(IReadOnlyList<RaisedWebhook> raised, WebhookEvent[] events, DbTransaction transaction, CancellationToken cancellationToken)
    {
        for (var from = 0; from < events.Length;)
        {
            var options = raised[from].Options;
            var to = from + 1;
            while (to < events.Length && to - from < MaxEvents && AreAlike(options, raised[to].Options)) to++;
            await services.Publisher.PublishManyAsync(
                events[from..to],
                new PublishOptions { TimeToLive = options?.TimeToLive, SubscriptionIds = options?.SubscriptionIds, Transaction = transaction },
                cancellationToken);
            from = to;
        }
    }

    /// <summary>In all that the event does not say itself.</summary>
    private static bool AreAlike(PublishOptions? a, PublishOptions? b) => a?.TimeToLive == b?.TimeToLive && ReferenceEquals(a?.SubscriptionIds, b?.SubscriptionIds);
}
