using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Running;

/// <summary>What a subscription can be set to, drawn at random.</summary>
internal sealed class Settings(SimWorld world)
{
    private Random Random => world.Random;

    public string[] DrawEventTypes() => Random.Next(3) == 0 ? ["*"] : [.. Enumerable.Range(0, 4).Where(_ => Random.Next(2) == 0).Select(t => $"type{t}")];

    public DeliveryOrder DrawOrder() => (DeliveryOrder)Random.Next(3);

    public int DrawMaxConcurrency() => Random.Next(1, 17);

    public RateLimit? DrawRateLimit() => Random.Next(3) == 0 ? new RateLimit(Random.Next(1, 10), TimeSpan.FromSeconds(Random.Next(1, 60))) : null;

    public BatchingOptions? DrawBatching() =>
        Random.Next(3) == 0 || (world.Plan.IsHasty && Random.Next(2) == 0) ? new BatchingOptions { MaxEvents = Random.Next(1, 20), MaxDelay = TimeSpan.FromSeconds(Random.Next(0, 30)) } : null;

    /// <summary>A subscription of which one thing is otherwise.</summary>
    public WebhookSubscription Change(WebhookSubscription subscription) => Random.Next(6) switch
    {
        0 => subscription with { Url = new Uri(subscription.Url, $"hook{Random.Next(100)}") },
        1 => subscription with { EventTypes = DrawEventTypes() },
        2 => subscription with { Order = DrawOrder() },
        3 => subscription with { MaxConcurrency = DrawMaxConcurrency() },
        4 => subscription with { RateLimit = DrawRateLimit() },
        _ => subscription with { Batching = DrawBatching() },
    };
}
