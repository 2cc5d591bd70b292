using WebhookKit.Diagnostics;
using WebhookKit.Matching;
using WebhookKit.Outcomes;
using WebhookKit.Statistics;

namespace WebhookKit.Dispatching;

/// <summary>Tells of what has happened: the log, the metrics, the statistics, the host's observers. An observer that throws changes nothing.</summary>
internal sealed class Messenger(IEnumerable<IWebhookObserver> observers, WebhookMetrics metrics, AttemptCounters counters, SafeLogger<Messenger> logger)
{
    private readonly IWebhookObserver[] _observers = [.. observers];

    public void TellAttempt(
        SubscriptionModel model, in Decision decision, DeliveryAttempt attempt, SettleResult settled, DateTimeOffset? failingSince, EndpointHealth endpoint)
    {
        metrics.AttemptEnded(attempt, decision.Deliveries);
        Log.Attempted(logger, model.Subscription, decision.Deliveries, attempt, settled);
        if (settled is not (SettleResult.Applied or SettleResult.AppliedInPart)) return;

        counters.Attempted(model, attempt, decision.Deliveries);
        if (decision.Health is { DisableReason: not null } && endpoint.TryGiveUp()) TellDisabled(model, decision.Health);
        if (_observers.Length > 0) TellObservers(model, decision, attempt, failingSince);
    }

    private void TellDisabled(SubscriptionModel model, HealthChange health)
    {
        var reason = health.DisableReason!;
        var disabled = model.Subscription with
        {
            Status = SubscriptionStatus.Disabled,
            StatusReason = reason,
            StatusChangedAt = health.At,
            FailingSince = health.FailingSince,
        };
        Log.SubscriptionDisabled(logger, model.Id, model.Subscription.Url.Host, reason);
        Tell(disabled, static (observer, subscription) => observer.OnSubscriptionDisabled(subscription));
    }

    private void TellObservers(SubscriptionModel model, in Decision decision, DeliveryAttempt attempt, DateTimeOffset? failingSince)
    {
        Tell((model.Subscription, decision.Deliveries, Attempt: attempt), static (observer, told) => observer.OnAttempt(told.Subscription, told.Deliveries, told.Attempt));
        if (decision.Health is { FailingSince: null } && failingSince is { } since)
            Tell((model.Subscription, Since: since), static (observer, told) => observer.OnEndpointRecovered(told.Subscription, told.Since));
        TellFailed(model, decision.Deliveries);
    }

    /// <summary>Tells of those of some deliveries whose time to live has ended without another attempt.</summary>
    public void TellExpired(SubscriptionModel model, WebhookDelivery[] deliveries, DateTimeOffset at)
    {
        counters.GaveUp(model, deliveries.Count(d => d.Status == DeliveryStatus.Expired), at);
        TellFailed(model, deliveries);
    }

    private void TellFailed(SubscriptionModel model, WebhookDelivery[] deliveries)
    {
        foreach (var delivery in deliveries)
        {
            if (delivery.Status is DeliveryStatus.Exhausted or DeliveryStatus.Expired)
                Tell((model.Subscription, Delivery: delivery), static (observer, told) => observer.OnDeliveryFailed(told.Subscription, told.Delivery));
        }
    }

    /// <param name="told">What is told; not in a closure, which would be made for each request.</param>
    /// <param name="tell">Tells it.</param>
    private void Tell<TTold>(TTold told, Action<IWebhookObserver, TTold> tell)
    {
        foreach (var observer in _observers)
        {
            try
            {
                tell(observer, told);
            }
            catch (Exception cause)
            {
                Log.ObserverFailed(logger, observer.GetType().Name, cause);
            }
        }
    }
}
