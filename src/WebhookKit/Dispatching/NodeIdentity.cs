using WebhookKit.Publishing;

namespace WebhookKit.Dispatching;

/// <summary>This node's name among the nodes of one store.</summary>
internal sealed class NodeIdentity(WebhookOptions options, IdSource ids)
{
    public string Id { get; } = options.NodeId ?? $"{Environment.MachineName}-{Environment.ProcessId}-{ids.NewNodeSuffix()}";
}
