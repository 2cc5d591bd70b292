namespace WebhookKit.Simulation.World;

/// <summary>Who owns a partition, under which fencing number and until when, as the database has it.</summary>
internal sealed record LaneOwner(string NodeId, long Fence, TimeSpan Until);
