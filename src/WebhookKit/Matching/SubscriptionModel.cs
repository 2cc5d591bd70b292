namespace WebhookKit.Matching;

/// <summary>The checked snapshot of a subscription that the engine works with: what it says, with every default filled in.</summary>
internal sealed class SubscriptionModel
{
    public required WebhookSubscription Subscription { get; init; }

    public required WebhookProfile Profile { get; init; }

    public required int Partition { get; init; }

    public required int MaxConcurrency { get; init; }

    /// <summary>The deadline of one attempt.</summary>
    public required TimeSpan Timeout { get; init; }

    public string Id => Subscription.Id;

    /// <summary>
    /// How its deliveries are gathered; <see langword="null"/> also where the subscription says so and the profile cannot (any more). Asked of
    /// the format once: lanes look at it under their lock, where no code of a host's may run.
    /// </summary>
    public BatchingOptions? Batching { get; init; }

    /// <summary>The same with status <see cref="SubscriptionStatus.Enabled"/>.</summary>
    public SubscriptionModel AsEnabled() => new()
    {
        Subscription = Subscription with { Status = SubscriptionStatus.Enabled },
        Profile = Profile,
        Partition = Partition,
        MaxConcurrency = MaxConcurrency,
        Timeout = Timeout,
        Batching = Batching,
    };
}
