namespace WebhookKit;

/// <summary>
/// Where subscriptions, events, deliveries and attempts are kept, and which node owns which share of the work. The one source of
/// truth; everything in a node's memory can be made again from it.
/// </summary>
/// <remarks>Every call is atomic: it takes effect whole or, when it throws, not at all. Called by many threads at once.</remarks>
public interface IWebhookStore : ISubscriptionStore, IDeliveryQueue, IDeliveryHistory
{
    /// <summary>Makes the store ready (connects, makes or migrates its schema). Called before anything else; harmless to repeat.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is ready.</returns>
    ValueTask InitializeAsync(CancellationToken cancellationToken);
}
