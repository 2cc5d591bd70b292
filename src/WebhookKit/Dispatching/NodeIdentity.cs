using WebhookKit.Publishing;

namespace WebhookKit.Dispatching;

/// <summary>This node's name among the nodes of one store.</summary>
internal sealed class NodeIdentity(WebhookOptions options, IdSource ids)
{
    /// <summary>The host's name for it, and a random part: two processes that are given one name must not share their leases.</summary>
    public string Id { get; } = $"{options.NodeId ?? $"{Environment.MachineName}-{Environment.ProcessId}"}-{ids.NewNodeSuffix()}";
}
