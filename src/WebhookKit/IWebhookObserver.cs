namespace WebhookKit;

/// <summary>Told of what happens, after it has been stored. Register any number with <see cref="IWebhooksBuilder.AddObserver{T}"/>.</summary>
/// <remarks>
/// Called one after another on the dispatching path: return quickly. An exception is logged and changes nothing else. Told at
/// most once: a crash between storing and telling loses the call.
/// </remarks>
public interface IWebhookObserver
{
    /// <summary>An attempt has ended, with whatever outcome.</summary>
    /// <param name="subscription">The subscription it was for.</param>
    /// <param name="deliveries">The deliveries it carried, as they now stand.</param>
    /// <param name="attempt">The attempt.</param>
    void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt)
    {
    }

    /// <summary>A delivery has ended without success: exhausted or expired.</summary>
    /// <param name="subscription">The subscription it was for.</param>
    /// <param name="delivery">The delivery.</param>
    void OnDeliveryFailed(WebhookSubscription subscription, WebhookDelivery delivery)
    {
    }

    /// <summary>A subscription has been disabled by rule.</summary>
    /// <param name="subscription">The subscription as it now is.</param>
    void OnSubscriptionDisabled(WebhookSubscription subscription)
    {
    }

    /// <summary>An endpoint has answered well again after it had failed.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="failingSince">Since when it had failed.</param>
    void OnEndpointRecovered(WebhookSubscription subscription, DateTimeOffset failingSince)
    {
    }
}
