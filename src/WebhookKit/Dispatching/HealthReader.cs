using WebhookKit.Matching;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>Lets new lanes learn from the store since when their endpoints are failing: all of a partition by one statement.</summary>
internal sealed class HealthReader
{
    private const int MaxWaiting = 4096;

    private readonly ISubscriptionStore _subscriptions;
    private readonly IDeliveryQueue _queue;
    private readonly OwnedPartitions _owned;
    private readonly FailingTable _failing;

    /// <summary>Many lanes ask for partitions at once, and share an answer, or a failure.</summary>
    private readonly Coalescer<int, bool> _listings;

    public HealthReader(ISubscriptionStore subscriptions, IDeliveryQueue queue, OwnedPartitions owned, FailingTable failing)
    {
        _subscriptions = subscriptions;
        _queue = queue;
        _owned = owned;
        _failing = failing;
        _listings = new Coalescer<int, bool>(ListAsync, MaxWaiting);
    }

    public ValueTask EnsureKnownAsync(Lane lane, SubscriptionModel model, CancellationToken cancellationToken) =>
        lane.Health.IsKnown ? ValueTask.CompletedTask : LearnAsync(lane, model, cancellationToken);

    /// <summary>Notes what the store has been told. Of an endpoint that has moved meanwhile it says nothing any more.</summary>
    public void Told(Lane lane, SubscriptionModel model, DateTimeOffset? failingSince)
    {
        if (!lane.TryLearn(model, failingSince)) return;

        // After a lane has closed, another may have learnt something newer.
        if (lane.IsClosed) _failing.Doubt(model.Partition, model.Id);
        else _failing.Learn(model.Partition, model.Id, model.Subscription.Version, failingSince);
    }

    /// <summary>Notes that the store may have been told something: its answer was lost.</summary>
    public void MayHaveTold(Lane lane, SubscriptionModel model)
    {
        _failing.Doubt(model.Partition, model.Id);
        lane.Health.Doubt();
    }

    private async ValueTask LearnAsync(Lane lane, SubscriptionModel model, CancellationToken cancellationToken)
    {
        if (!_failing.Knows(model.Partition)) await _listings.SubmitAsync(model.Partition, cancellationToken);
        if (!_failing.TryFind(model, out var since))
        {
            var stored = await _subscriptions.GetSubscriptionAsync(model.Id, cancellationToken);
            since = stored?.FailingSince;
            if (stored is not null && !lane.IsClosed) _failing.Learn(model.Partition, model.Id, stored.Version, since);
        }

        lane.Health.LearnFirst(since);
    }

    private async ValueTask<IReadOnlyList<bool>> ListAsync(IReadOnlyList<int> partitions, CancellationToken cancellationToken)
    {
        // Whoever was first may have learnt of all of them.
        if (partitions.Any(p => !_failing.Knows(p)))
        {
            var begun = _failing.BeginListing(_owned.All);
            var failing = await _subscriptions.ListFailingAsync(cancellationToken);
            _failing.EndListing(begun, failing.Select(f => (Partitioner.GetPartition(f.SubscriptionId, _queue.PartitionCount), f)));
        }

        return new bool[partitions.Count];
    }
}
