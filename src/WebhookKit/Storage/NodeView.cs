namespace WebhookKit;

/// <summary>What a heartbeat shows a node.</summary>
/// <param name="Nodes">The ids of all live nodes, this one included, in ordinal order.</param>
/// <param name="Leases">The partitions that this node owns, renewed, in any order.</param>
public sealed record NodeView(IReadOnlyList<string> Nodes, IReadOnlyList<PartitionLease> Leases);
