using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>New deliveries as columns, one array each. A new delivery is pending and has never been attempted, so the rest is not said.</summary>
internal static class DeliveryColumns
{
    /// <summary>Adds the parameters: partition, id, subscription, times.</summary>
    public static Command Add(Command command, IReadOnlyList<WebhookDelivery> deliveries, int partitionCount) => command
        .With(Of(deliveries, d => (short)Partitioner.GetPartition(d.SubscriptionId, partitionCount)))
        .With(Of(deliveries, static d => d.Id))
        .With(Of(deliveries, static d => d.SubscriptionId))
        .With(Of(deliveries, static d => Columns.OfTime(d.DueAt)))
        .With(Of(deliveries, static d => Columns.OfTime(d.CreatedAt)))
        .WithSparse(Of(deliveries, static d => Columns.OfTime(d.ExpiresAt)));

    private static T[] Of<T>(IReadOnlyList<WebhookDelivery> deliveries, Func<WebhookDelivery, T> column)
    {
        var values = new T[deliveries.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(deliveries[i]);
        return values;
    }
}
