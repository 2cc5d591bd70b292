using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>A delivery with the place of its row.</summary>
internal readonly record struct DeliveryRow(WebhookDelivery Delivery, short Partition, short EventPartition, long EventSeq)
{
    public DeliveryKey Key => new(EventSeq, Delivery.SubscriptionId);
}
