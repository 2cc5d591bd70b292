namespace WebhookKit;

/// <summary>A node's ownership of a partition for a time.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Fence">The fencing number: it rises with each change of owner, and settling with an old one changes nothing.</param>
/// <param name="Remaining">How long the lease still ran when the store answered.</param>
public readonly record struct PartitionLease(int Partition, long Fence, TimeSpan Remaining);
