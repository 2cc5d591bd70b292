namespace WebhookKit.Simulation.World;

/// <summary>An event owed to a subscription.</summary>
internal sealed record OwedDelivery(Guid Id, string EventId, string? Key);
