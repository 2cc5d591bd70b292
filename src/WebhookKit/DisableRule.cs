namespace WebhookKit;

/// <summary>When an endpoint is given up, so that its subscription becomes <see cref="SubscriptionStatus.Disabled"/>.</summary>
public sealed record DisableRule
{
    /// <summary>After this long of nothing but failures, judged when an attempt fails; <see langword="null"/> for never.</summary>
    public TimeSpan? FailingFor { get; init; }

    /// <summary>When a delivery has used up its retry schedule.</summary>
    public bool OnExhausted { get; init; }

    /// <summary>When the endpoint answers 410 (Gone).</summary>
    public bool OnGone { get; init; }
}
