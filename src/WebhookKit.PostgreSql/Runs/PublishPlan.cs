using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Which of the deliveries that are published together become runs. The others have rows.</summary>
internal sealed class PublishPlan
{
    private PublishPlan(List<(int Event, WebhookDelivery Delivery)> deliveries, int rows, IReadOnlyList<NewRun> runs)
    {
        Deliveries = deliveries;
        Rows = rows;
        Runs = runs;
    }

    /// <summary>All deliveries with the place of their event, those that have rows first.</summary>
    public List<(int Event, WebhookDelivery Delivery)> Deliveries { get; }

    /// <summary>How many have rows.</summary>
    public int Rows { get; }

    public IReadOnlyList<NewRun> Runs { get; }

    /// <param name="writes">What is published.</param>
    /// <param name="partitionCount">How many partitions there are.</param>
    /// <param name="leastRun">So many must be together: fewer cost less as rows.</param>
    /// <param name="isInSequence">Whether a subscription's lane is read in sequence: it has none.</param>
    public static PublishPlan Make(IReadOnlyList<EventWrite> writes, int partitionCount, int leastRun, Func<string, bool> isInSequence)
    {
        List<(int Event, WebhookDelivery Delivery)> all = new(writes.Count);
        for (var i = 0; i < writes.Count; i++)
        {
            foreach (var delivery in writes[i].Deliveries) all.Add((i, delivery));
        }

        if (all.Count < leastRun) return new PublishPlan(all, all.Count, []);
        var groups = new Groups(isInSequence);
        var groupOf = all.ConvertAll(d => RunRules.Takes(d.Delivery) ? groups.Count(d.Delivery.SubscriptionId, d.Event / EventNumber.GroupSize) : -1);
        for (var i = 0; i < all.Count; i++)
        {
            if (groupOf[i] < 0 || groups[groupOf[i]] < leastRun) continue;
            var (place, delivery) = all[i];
            groups.Add(groupOf[i], place, delivery, EventRows.PartitionOf(writes[place].Event.TenantId, partitionCount), partitionCount);
        }

        // Those that have rows first, each kind in its order.
        List<(int, WebhookDelivery)> ordered = new(all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            if (groups.RunOf(groupOf[i]) is null) ordered.Add(all[i]);
        }

        var rows = ordered.Count;
        for (var i = 0; i < all.Count; i++)
        {
            if (groups.RunOf(groupOf[i]) is not null) ordered.Add(all[i]);
        }

        return new PublishPlan(ordered, rows, [.. groups.Runs]);
    }

    /// <summary>The deliveries of each subscription, by the group of their events.</summary>
    private sealed class Groups(Func<string, bool> isInSequence)
    {
        private readonly Dictionary<(string SubscriptionId, int Block), int> _places = [];
        private readonly List<int> _counts = [];
        private readonly Dictionary<int, NewRun?> _runs = [];

        /// <summary>How many a group has.</summary>
        public int this[int group] => _counts[group];

        public IEnumerable<NewRun> Runs => _runs.Values.OfType<NewRun>();

        /// <summary>Counts one more.</summary>
        /// <returns>Its group.</returns>
        public int Count(string subscriptionId, int block)
        {
            if (!_places.TryGetValue((subscriptionId, block), out var group))
            {
                group = _counts.Count;
                _places.Add((subscriptionId, block), group);
                _counts.Add(0);
            }

            _counts[group]++;
            return group;
        }

        public NewRun? RunOf(int group) => _runs.GetValueOrDefault(group);

        /// <summary>Adds a delivery to the run of its group. One that does not fit in leaves them all rows of their own.</summary>
        public void Add(int group, int place, WebhookDelivery delivery, short eventPartition, int partitionCount)
        {
            if (!_runs.TryGetValue(group, out var run))
            {
                // Asked once for all of the group: a lane may begin to be read in sequence at any time.
                var partition = (short)Partitioner.GetPartition(delivery.SubscriptionId, partitionCount);
                run = isInSequence(delivery.SubscriptionId) ? null : new NewRun(delivery.SubscriptionId, partition, place / EventNumber.GroupSize, eventPartition);
                _runs.Add(group, run);
            }

            if (run is not null && (run.EventPartition != eventPartition || !run.TryAdd(place % EventNumber.GroupSize, delivery))) _runs[group] = null;
        }
    }
}
