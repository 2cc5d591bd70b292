namespace Cluster.Nodes;

/// <summary>What a process of the cluster is told: on its command line, but for the connection string.</summary>
internal sealed record NodeSettings(string Name, bool IsPublisher, string ConnectionString, string Schema, Uri Receiver)
{
    /// <summary>There may be a password in it, and everybody on the machine can list command lines.</summary>
    private const string ConnectionVariable = "CLUSTER_NODE_POSTGRES";

    public string[] ToArguments() => [Name, IsPublisher ? "publish" : "deliver", Schema, Receiver.ToString()];

    public void AddTo(IDictionary<string, string?> environment) => environment[ConnectionVariable] = ConnectionString;

    public static NodeSettings Parse(string[] args) =>
        new(args[0], args[1] == "publish", Environment.GetEnvironmentVariable(ConnectionVariable)!, args[2], new Uri(args[3]));
}
