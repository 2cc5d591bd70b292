namespace WebhookKit;

/// <summary>Which deliveries of a subscription wait for which.</summary>
public enum DeliveryOrder
{
    /// <summary>None waits for another.</summary>
    None,

    /// <summary>
    /// Those with the same <see cref="WebhookEvent.OrderingKey"/> go one at a time, in the order they were stored; a
    /// failing one holds back its key until it succeeds or ends. Deliveries without a key are not held back. Batches, which hold
    /// many keys, go as under <see cref="Strict"/>.
    /// </summary>
    PerKey,

    /// <summary>All go one at a time, in the order they were stored; a failing one holds back all that follow.</summary>
    Strict,
}
