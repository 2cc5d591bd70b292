using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>
/// Which node should own which partition: the one that wins a rendezvous hash. All nodes come to the same answer, and a node that
/// joins or leaves moves only its own share. Pure.
/// </summary>
internal static class PartitionPlan
{
    public static bool ShouldOwn(string nodeId, IReadOnlyList<string> nodes, int partition)
    {
        var own = Weight(nodeId, partition);
        foreach (var other in nodes)
        {
            if (other == nodeId) continue;
            var weight = Weight(other, partition);
            if (weight > own || (weight == own && string.CompareOrdinal(other, nodeId) < 0)) return false;
        }

        return true;
    }

    private static ulong Weight(string nodeId, int partition) =>
        StableHash.Of(nodeId, 14695981039346656037 ^ ((ulong)(partition + 1) * 0x9e3779b97f4a7c15));
}
