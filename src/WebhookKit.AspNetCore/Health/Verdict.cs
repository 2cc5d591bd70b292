using Microsoft.Extensions.Diagnostics.HealthChecks;
using WebhookKit.Diagnostics;

namespace WebhookKit.AspNetCore.Health;

/// <summary>Judges how an engine is. Pure.</summary>
internal static class Verdict
{
    private const int MissedSweeps = 5;
    private static readonly TimeSpan LeastSweepGap = TimeSpan.FromMinutes(1);

    public static HealthCheckResult Of(EngineCondition condition, WebhookHealthOptions options, HealthStatus failureStatus)
    {
        var data = DataOf(condition);
        if (condition.StoreFault is { } fault)
            return new HealthCheckResult(failureStatus, "The store of the webhooks cannot be used.", fault, data);
        if (condition.ShouldDispatch && !condition.IsDispatching)
            return new HealthCheckResult(failureStatus, "This node should deliver webhooks and does not.", data: data);
        if (FindTrouble(condition, options) is { } trouble) return HealthCheckResult.Degraded(trouble, data: data);
        return HealthCheckResult.Healthy(condition.ShouldDispatch ? "Webhooks are published and delivered." : "Webhooks are published; this node delivers none.", data);
    }

    private static string? FindTrouble(EngineCondition condition, WebhookHealthOptions options)
    {
        if (!condition.ShouldDispatch) return null;
        var gap = condition.SweepInterval * MissedSweeps;
        if (condition.SinceLastSweep > (gap > LeastSweepGap ? gap : LeastSweepGap)) return "This node has not been able to look for due deliveries for a while.";
        return condition.OldestDueFor > options.MaxOverdue ? "Deliveries are overdue, though their endpoints could take them: this node cannot keep up." : null;
    }

    private static Dictionary<string, object> DataOf(EngineCondition condition)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["node"] = condition.NodeId,
            ["store"] = condition.StoreFault is null ? "reachable" : "unreachable",
            ["dispatching"] = condition.IsDispatching,
            ["partitions_owned"] = condition.OwnedPartitions,
        };
        if (condition.Partitions is { } partitions) data["partitions"] = partitions;
        if (condition.SinceLastSweep is { } since) data["last_sweep_seconds"] = Seconds(since);
        if (condition.IsDispatching) data["oldest_due_seconds"] = Seconds(condition.OldestDueFor ?? TimeSpan.Zero);
        return data;
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
