using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>New deliveries as columns, one array each. A new delivery is pending and has never been attempted, so the rest is not said.</summary>
internal static class DeliveryColumns
{
    /// <summary>Adds the parameters: partition, id, subscription, times.</summary>
    public static Command Add(Command command, IReadOnlyList<WebhookDelivery> deliveries, int partitionCount) => command
        .With(PartitionsOf(deliveries, partitionCount))
        .With(Of(deliveries, static d => d.Id))
        .With(Of(deliveries, static d => d.SubscriptionId))
        .With(Of(deliveries, static d => Columns.OfTime(d.DueAt)))
        .With(Of(deliveries, static d => Columns.OfTime(d.CreatedAt)))
        .WithSparse(Of(deliveries, static d => Columns.OfTime(d.ExpiresAt)));

    private static short[] PartitionsOf(IReadOnlyList<WebhookDelivery> deliveries, int partitionCount)
    {
        // Often there are many of one subscription in a row.
        var partitions = new short[deliveries.Count];
        for (var i = 0; i < partitions.Length; i++)
        {
            partitions[i] = i > 0 && deliveries[i].SubscriptionId == deliveries[i - 1].SubscriptionId
                ? partitions[i - 1]
                : (short)Partitioner.GetPartition(deliveries[i].SubscriptionId, partitionCount);
        }

        return partitions;
    }

    private static T[] Of<T>(IReadOnlyList<WebhookDelivery> deliveries, Func<WebhookDelivery, T> column)
    {
        var values = new T[deliveries.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(deliveries[i]);
        return values;
    }
}
