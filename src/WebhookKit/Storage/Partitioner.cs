using WebhookKit.Storage;

namespace WebhookKit;

/// <summary>Divides lanes into partitions. Part of the contract of every store: all nodes must agree.</summary>
public static class Partitioner
{
    /// <summary>The partition of a subscription's lane.</summary>
    /// <param name="subscriptionId">The subscription's id.</param>
    /// <param name="partitionCount">Into how many partitions the lanes are divided.</param>
    /// <returns>A number from 0 to one less than <paramref name="partitionCount"/>.</returns>
    public static int GetPartition(string subscriptionId, int partitionCount)
    {
        ArgumentNullException.ThrowIfNull(subscriptionId);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        return (int)(StableHash.Of(subscriptionId) % (uint)partitionCount);
    }
}
