namespace WebhookKit.Simulation.World;

/// <summary>How an endpoint behaves.</summary>
internal enum EndpointMood
{
    Good,
    Slow,
    Fails,
    Refuses,
    Hangs,
    TakesAndBreaksOff,
    AsksToWait,
    Flaps,
    Gone,
}
