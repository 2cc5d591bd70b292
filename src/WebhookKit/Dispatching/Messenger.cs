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
        Tell(observer => observer.OnSubscriptionDisabled(disabled));
    }

    private void TellObservers(SubscriptionModel model, in Decision decision, DeliveryAttempt attempt, DateTimeOffset? failingSince)
    {
        var deliveries = decision.Deliveries;
        Tell(observer => observer.OnAttempt(model.Subscription, deliveries, attempt));
        if (decision.Health is { FailingSince: null } && failingSince is { } since)
            Tell(observer => observer.OnEndpointRecovered(model.Subscription, since));
        TellFailed(model, deliveries.Where(d => d.Status is DeliveryStatus.Exhausted or DeliveryStatus.Expired));
    }

    /// <summary>Tells of those of some deliveries whose time to live has ended without another attempt.</summary>
    public void TellExpired(SubscriptionModel model, WebhookDelivery[] deliveries, DateTimeOffset at)
    {
        WebhookDelivery[] expired = [.. deliveries.Where(d => d.Status == DeliveryStatus.Expired)];
        counters.GaveUp(model, expired.Length, at);
        TellFailed(model, expired);
    }

    private void TellFailed(SubscriptionModel model, IEnumerable<WebhookDelivery> deliveries)
    {
        foreach (var delivery in deliveries) Tell(observer => observer.OnDeliveryFailed(model.Subscription, delivery));
    }

    private void Tell(Action<IWebhookObserver> tell)
    {
        foreach (var observer in _observers)
        {
            try
            {
                tell(observer);
            }
            catch (Exception cause)
            {
                Log.ObserverFailed(logger, observer.GetType().Name, cause);
            }
        }
    }
}
