namespace Cluster;

/// <summary>What there is to show at one moment.</summary>
internal sealed record Moment(TimeSpan Elapsed, int Published, Arrivals Arrivals, IReadOnlyList<string> Owners, IReadOnlyList<NodeState> Nodes);

/// <summary>A node at one moment.</summary>
internal sealed record NodeState(string Name, bool IsKilled, int Delivered, double PerSecond);
