namespace WebhookKit;

/// <summary>What a heartbeat shows a node.</summary>
/// <param name="Nodes">The ids of all live nodes, this one included.</param>
/// <param name="Leases">The partitions that this node owns, renewed.</param>
public sealed record NodeView(IReadOnlyList<string> Nodes, IReadOnlyList<PartitionLease> Leases);
