using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Publishing;

namespace WebhookKit.Management;

/// <summary>Shows deliveries and sets them going again.</summary>
internal sealed class WebhookDeliveries(
    EngineStart start,
    IWebhookStore store,
    ISubscriptionStore subscriptions,
    SubscriptionModelFactory models,
    SubscriptionCache cache,
    EventMatcher matcher,
    Handover handover,
    LaneTable lanes,
    LaneTurns turns,
    WakeSender wakes,
    EventTypeCatalog catalog,
    Dispatcher dispatcher,
    TimeProvider time) : IWebhookDeliveries
{
    private const int RecoverStep = 500;

    /// <summary>As long as a timer can run; a deadline beyond that is none.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public async ValueTask<WebhookDelivery?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        await start.EnsureAsync(cancellationToken);
        return await store.GetDeliveryAsync(id, cancellationToken);
    }

    public async ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string eventId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(eventId);
        await start.EnsureAsync(cancellationToken);
        return await store.GetEventAsync(tenantId, eventId, cancellationToken);
    }

    public async ValueTask<Page<WebhookDelivery>> ListAsync(DeliveryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        PageLimit.Check(query.Limit);
        await start.EnsureAsync(cancellationToken);
        return await store.ListDeliveriesAsync(query, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken)
    {
        await start.EnsureAsync(cancellationToken);
        return await store.GetAttemptsAsync(id, cancellationToken);
    }

    public async ValueTask<WebhookRequest> GetRequestAsync(Guid id, CancellationToken cancellationToken)
    {
        await start.EnsureAsync(cancellationToken);
        if (await store.GetDeliveryAsync(id, cancellationToken) is not { } delivery || await store.GetEventAsync(delivery.TenantId, delivery.EventId, cancellationToken) is not { } webhookEvent)
            throw new WebhookNotFoundException($"There is no delivery {id} (any more).");
        if (await subscriptions.GetSubscriptionAsync(delivery.SubscriptionId, cancellationToken) is not { } subscription)
            throw new WebhookConflictException($"Delivery {id} is not sent any more: its subscription '{delivery.SubscriptionId}' is gone.");
        var model = models.Create(subscription);
        var batchId = model.Batching is null ? null : delivery.BatchId ?? delivery.EventId;
        return RequestPreview.Show(model, RequestPreview.Build(model, webhookEvent, batchId, delivery.AttemptCount + 1, time.GetUtcNow()));
    }

    public async ValueTask<WebhookDelivery> ResendAsync(Guid id, CancellationToken cancellationToken)
    {
        await start.EnsureAsync(cancellationToken);
        if (await store.ResendAsync(id, time.GetUtcNow(), cancellationToken) is { } delivery)
        {
            Wake(delivery.SubscriptionId);
            return delivery;
        }

        throw await store.GetDeliveryAsync(id, cancellationToken) is { } current
            ? new WebhookConflictException(
                current.Status is DeliveryStatus.Exhausted or DeliveryStatus.Expired
                    ? $"Delivery {id} cannot be sent again: its subscription '{current.SubscriptionId}' is gone."
                    : $"Delivery {id} is {current.Status}. Only exhausted and expired deliveries can be sent again.")
            : new WebhookNotFoundException($"There is no delivery {id} (any more).");
    }

    public async ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscriptionId);
        await start.EnsureAsync(cancellationToken);
        if ((await cache.RefreshAsync(cancellationToken)).Find(subscriptionId) is not { } model)
            throw new WebhookNotFoundException($"There is no subscription '{subscriptionId}'.");

        var recovered = await RecoverFailedAsync(subscriptionId, since, cancellationToken) + await AddMissedAsync(model, since, cancellationToken);
        Wake(subscriptionId);
        return recovered;
    }

    public async ValueTask<bool> CancelAsync(Guid id, CancellationToken cancellationToken)
    {
        await start.EnsureAsync(cancellationToken);
        if (await store.CancelAsync(id, time.GetUtcNow(), cancellationToken) is not { } delivery) return false;
        if (lanes.Find(delivery.SubscriptionId) is { } lane)
        {
            lane.Forget(id);
            turns.Ask(lane);
        }

        if (!IsHere(delivery.SubscriptionId)) wakes.NoteReread(delivery.SubscriptionId);

        return true;
    }

    public async ValueTask<DrainResult> DrainAsync(TimeSpan? deadline, CancellationToken cancellationToken)
    {
        if (deadline < TimeSpan.Zero)
            throw new WebhookValidationException(nameof(deadline), $"The deadline {deadline} is negative. Use the time that draining may take.");
        await start.EnsureAsync(cancellationToken);
        using var stop = new CancellationTokenSource(deadline is null || deadline > LongestTimer ? Timeout.InfiniteTimeSpan : deadline.Value, time);
        var result = await dispatcher.DrainAsync(stop.Token, cancellationToken);
        var now = time.GetUtcNow();
        return result.NextDueAt < now ? result with { NextDueAt = now } : result;
    }

    private async ValueTask<int> RecoverFailedAsync(string subscriptionId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            var count = await store.RecoverAsync(subscriptionId, since, RecoverStep, time.GetUtcNow(), cancellationToken);
            total += count;
            if (count < RecoverStep) return total;
        }
    }

    /// <summary>Makes deliveries of the events that the subscription would have matched had it not been disabled.</summary>
    private async ValueTask<int> AddMissedAsync(SubscriptionModel model, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // An index of this one subscription, as if enabled, matches as publishing would have.
        var alone = SubscriptionIndex.Create(catalog.BatchingRequired).Apply(1, [model.AsEnabled()], []);
        var total = 0;
        List<SubscriptionModel> matches = [];
        for (string? after = null; ;)
        {
            var page = await store.ListMissedEventsAsync(model.Subscription.TenantId, model.Id, since, after, RecoverStep, cancellationToken);
            List<WebhookDelivery> missed = [];
            foreach (var webhookEvent in page.Items)
            {
                matches.Clear();
                alone.Match(webhookEvent, matches);
                if (matches.Count > 0) missed.Add(matcher.CreateDelivery(webhookEvent, model.Id, time.GetUtcNow(), null));
            }

            if (missed.Count > 0) total += await store.AddDeliveriesAsync(missed, cancellationToken);
            if (page.Next is null) return total;
            after = page.Next;
        }
    }

    private void Wake(string subscriptionId)
    {
        if (cache.Current.Find(subscriptionId) is not { } model) wakes.NoteDue(subscriptionId);
        else if (model.Subscription.Status == SubscriptionStatus.Enabled) handover.Tell(model);
    }

    /// <summary>One that this node has not heard of yet may be anywhere.</summary>
    private bool IsHere(string subscriptionId) => cache.Current.Find(subscriptionId) is { } model && handover.IsHere(model);
}
