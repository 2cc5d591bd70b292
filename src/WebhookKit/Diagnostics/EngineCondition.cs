namespace WebhookKit.Diagnostics;

/// <summary>How this node's engine is.</summary>
internal sealed record EngineCondition
{
    public required string NodeId { get; init; }

    /// <summary>Why the store cannot be used; <see langword="null"/> when it can.</summary>
    public required Exception? StoreFault { get; init; }

    public required bool ShouldDispatch { get; init; }

    public required bool IsDispatching { get; init; }

    public required int OwnedPartitions { get; init; }

    public required int? Partitions { get; init; }

    public required TimeSpan SweepInterval { get; init; }

    public required TimeSpan? SinceLastSweep { get; init; }

    /// <summary>For how long the oldest delivery had been due whose lane could go, when the last sweep looked; <see langword="null"/> when none was.</summary>
    public required TimeSpan? OldestDueFor { get; init; }
}
