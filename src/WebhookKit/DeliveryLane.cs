using WebhookKit.Dispatching;

namespace WebhookKit;

/// <summary>The running side of one subscription, as the scheduler sees it. Compared by reference.</summary>
public sealed class DeliveryLane
{
    /// <summary>Makes a lane, as the engine does and as tests of a scheduler may.</summary>
    /// <param name="subscriptionId">The subscription's id.</param>
    /// <param name="tenantId">Its tenant.</param>
    public DeliveryLane(string subscriptionId, string? tenantId)
    {
        SubscriptionId = subscriptionId;
        TenantId = tenantId;
    }

    /// <summary>The subscription's id.</summary>
    public string SubscriptionId { get; }

    /// <summary>Its tenant.</summary>
    public string? TenantId { get; }

    /// <summary>The engine's side of it; <see langword="null"/> once that has been dropped: a scheduler may keep the key until a far-off turn.</summary>
    internal Lane? Running { get; set; }

    /// <inheritdoc/>
    public override string ToString() => TenantId is null ? SubscriptionId : $"{TenantId}/{SubscriptionId}";
}
