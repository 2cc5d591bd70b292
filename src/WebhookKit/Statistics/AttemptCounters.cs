using System.Collections.Concurrent;
using WebhookKit.Matching;

namespace WebhookKit.Statistics;

/// <summary>
/// Counts what became of deliveries on this node until it is taken to be stored. Every attempt comes through here: it costs a look-up and a lock
/// that the attempts of one endpoint share, and nothing is allocated but once for an endpoint between two takings.
/// </summary>
internal sealed class AttemptCounters(WebhookOptions options)
{
    private readonly ConcurrentDictionary<Key, AttemptCounter> _counters = new();
    private readonly bool _isOn = options.Retention.Statistics > TimeSpan.Zero;

    /// <summary>Counts an attempt.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="deliveries">What it carried, as that now stands.</param>
    public void Attempted(SubscriptionModel model, DeliveryAttempt attempt, WebhookDelivery[] deliveries)
    {
        if (!_isOn) return;
        int delivered = 0, gaveUp = 0;
        foreach (var delivery in deliveries)
        {
            if (delivery.Status == DeliveryStatus.Succeeded) delivered++;
            else if (delivery.Status is DeliveryStatus.Exhausted or DeliveryStatus.Expired) gaveUp++;
        }

        var endedAt = attempt.StartedAt + attempt.Duration;
        var key = Key.Of(model, endedAt);
        while (!Find(key, model).TryCount(attempt, endedAt, delivered, gaveUp))
        {
            // It has just been taken: the next one is another.
        }
    }

    /// <summary>Counts deliveries that were given up without an attempt.</summary>
    public void GaveUp(SubscriptionModel model, int count, DateTimeOffset at)
    {
        if (!_isOn || count == 0) return;
        var key = Key.Of(model, at);
        while (!Find(key, model).TryCount(attempt: null, at, delivered: 0, count))
        {
            // It has just been taken: the next one is another.
        }
    }

    /// <summary>Takes what has been counted, each a row of the shortest span; what is counted from now on belongs to the next taking.</summary>
    public IEnumerable<DeliveryCounts> Take()
    {
        foreach (var (key, counter) in _counters)
        {
            _counters.TryRemove(key, out _);
            yield return counter.Take(key.SubscriptionId, new DateTimeOffset(key.At, TimeSpan.Zero));
        }
    }

    private AttemptCounter Find(in Key key, SubscriptionModel model) => _counters.GetOrAdd(key, static (_, m) => new AttemptCounter(m.Subscription.TenantId), model);

    private readonly record struct Key(string SubscriptionId, long At)
    {
        public static Key Of(SubscriptionModel model, DateTimeOffset time) => new(model.Id, StatisticsSpans.Floor(time, StatisticsSpans.Shortest).Ticks);
    }
}
