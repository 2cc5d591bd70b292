namespace Cluster.Nodes;

/// <summary>What a process of the cluster is told on its command line.</summary>
internal sealed record NodeSettings(string Name, bool IsPublisher, string ConnectionString, string Schema, Uri Receiver)
{
    public string[] ToArguments() => [Name, IsPublisher ? "publish" : "deliver", ConnectionString, Schema, Receiver.ToString()];

    public static NodeSettings Parse(string[] args) => new(args[0], args[1] == "publish", args[2], args[3], new Uri(args[4]));
}
