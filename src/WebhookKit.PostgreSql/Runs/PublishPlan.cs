using WebhookKit.PostgreSql.Rows;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Which of the deliveries that are published together become runs. The others have rows.</summary>
internal sealed class PublishPlan
{
    private readonly List<(int Event, WebhookDelivery Delivery)> _deliveries;

    private PublishPlan(List<(int Event, WebhookDelivery Delivery)> deliveries, int rows, IReadOnlyList<NewRun> runs)
    {
        _deliveries = deliveries;
        Rows = rows;
        Runs = runs;
    }

    /// <summary>All deliveries with the place of their event, those that have rows first.</summary>
    public IReadOnlyList<(int Event, WebhookDelivery Delivery)> Deliveries => _deliveries;

    /// <summary>How many have rows.</summary>
    public int Rows { get; }

    public IReadOnlyList<NewRun> Runs { get; }

    /// <param name="writes">What is published.</param>
    /// <param name="partitionCount">How many partitions there are.</param>
    /// <param name="leastRun">So many must be together: fewer cost less as rows.</param>
    /// <param name="sequenced">The lanes that have none.</param>
    public static PublishPlan Make(IReadOnlyList<EventWrite> writes, int partitionCount, int leastRun, SequencedLanes sequenced)
    {
        var runs = leastRun < int.MaxValue ? FindRuns(writes, partitionCount, leastRun, sequenced) : [];
        var inRuns = runs.SelectMany(static r => r.Members).Select(static m => m.Id).ToHashSet();
        List<(int, WebhookDelivery)> rows = [];
        List<(int, WebhookDelivery)> others = [];
        for (var i = 0; i < writes.Count; i++)
        {
            foreach (var delivery in writes[i].Deliveries) (inRuns.Contains(delivery.Id) ? others : rows).Add((i, delivery));
        }

        var count = rows.Count;
        rows.AddRange(others);
        return new PublishPlan(rows, count, runs);
    }

    private static List<NewRun> FindRuns(IReadOnlyList<EventWrite> writes, int partitionCount, int leastRun, SequencedLanes sequenced)
    {
        var counts = new Dictionary<(string, int), int>();
        foreach (var (place, _, delivery) in Plain(writes))
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, (delivery.SubscriptionId, place / EventNumber.GroupSize), out _)++;
        }

        var runs = new Dictionary<(string, int), NewRun?>();
        foreach (var (place, tenantId, delivery) in Plain(writes))
        {
            var key = (delivery.SubscriptionId, place / EventNumber.GroupSize);
            if (counts[key] < leastRun || sequenced.Contains(delivery.SubscriptionId)) continue;
            var eventPartition = EventRows.PartitionOf(tenantId, partitionCount);
            if (!runs.TryGetValue(key, out var run))
                runs.Add(key, run = new NewRun(delivery.SubscriptionId, (short)Partitioner.GetPartition(delivery.SubscriptionId, partitionCount), key.Item2, eventPartition));

            // One that does not fit in leaves them all rows of their own.
            if (run is not null && (run.EventPartition != eventPartition || !run.TryAdd(place % EventNumber.GroupSize, delivery))) runs[key] = null;
        }

        return [.. runs.Values.OfType<NewRun>()];
    }

    private static IEnumerable<(int Place, string? TenantId, WebhookDelivery Delivery)> Plain(IReadOnlyList<EventWrite> writes)
    {
        for (var i = 0; i < writes.Count; i++)
        {
            foreach (var delivery in writes[i].Deliveries)
            {
                if (NewRun.Takes(delivery)) yield return (i, writes[i].Event.TenantId, delivery);
            }
        }
    }
}
