namespace WebhookKit;

/// <summary>
/// Where subscriptions, events, deliveries and attempts are kept, and which node owns which share of the work. The one source of
/// truth; everything in a node's memory can be made again from it.
/// </summary>
/// <remarks>
/// <para>Every call is atomic: it takes effect whole or, when it throws, not at all. Called by many threads at once.</para>
/// <para>A token that is canceled already makes every method throw <see cref="OperationCanceledException"/> and change nothing.</para>
/// <para>
/// All times are given by the caller, to the tick (100 ns), and come back as the same instants; only leases run on a clock of the store's.
/// <c>WebhookKit.Testing.StoreContract</c> checks all that is said here and in the interfaces below.
/// </para>
/// </remarks>
public interface IWebhookStore : ISubscriptionStore, IDeliveryQueue, IDeliveryHistory, IDeliveryStatistics
{
    /// <summary>Makes the store ready (connects, makes or migrates its schema). Called before anything else; harmless to repeat.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is ready.</returns>
    ValueTask InitializeAsync(CancellationToken cancellationToken);
}
