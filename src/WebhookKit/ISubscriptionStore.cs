namespace WebhookKit;

/// <summary>Keeps subscriptions. Every change of one takes the next change number, which becomes its version.</summary>
public interface ISubscriptionStore
{
    /// <summary>Reads what has changed since a change number: how a node keeps its index of subscriptions.</summary>
    /// <param name="since">The change number that the node knows; 0 reads all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The changes, as of one moment: none with a number up to <see cref="SubscriptionChanges.Version"/> becomes visible later.</returns>
    ValueTask<SubscriptionChanges> ReadChangesAsync(long since, CancellationToken cancellationToken);

    /// <summary>Gets a subscription.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription; <see langword="null"/> when there is none.</returns>
    ValueTask<WebhookSubscription?> GetSubscriptionAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the endpoints that are failing, of all tenants: the subscriptions with a <see cref="WebhookSubscription.FailingSince"/>. A node
    /// asks when it has got partitions, so that their lanes need not ask one by one.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All of them, as of one moment, each once, in any order.</returns>
    ValueTask<IReadOnlyList<FailingEndpoint>> ListFailingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists subscriptions in the order of their ids (ordinal). <see cref="Page{T}.Next"/> is the id of the page's last one, and what is asked for
    /// after an id begins behind it, whether there is one with that id or not. <see cref="SubscriptionQuery.Skip"/> is always 0 here.
    /// </summary>
    /// <param name="query">Which, and how many; checked by the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One page.</returns>
    ValueTask<Page<WebhookSubscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellationToken);

    /// <summary>Adds a subscription.</summary>
    /// <param name="subscription">The subscription; its version is ignored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription with its version; <see langword="null"/> when its id is taken.</returns>
    ValueTask<WebhookSubscription?> AddSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a subscription if its version is still the given one. <see cref="WebhookSubscription.FailingSince"/> belongs to the
    /// queue and is left as it is, except that a change to <see cref="SubscriptionStatus.Enabled"/>, or of the URL, clears it.
    /// <see cref="WebhookSubscription.TenantId"/> never changes, whatever it is here.
    /// </summary>
    /// <param name="subscription">The new state, with the version that was read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription with its new version; <see langword="null"/> when it has changed or is gone.</returns>
    ValueTask<WebhookSubscription?> UpdateSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a subscription and cancels its pending deliveries. A store may do so in several steps; then it disables the subscription first, and a call
    /// that does not come to its end leaves it disabled, with some of them canceled, for another one to finish.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="now">The time at which the deliveries end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteSubscriptionAsync(string id, DateTimeOffset now, CancellationToken cancellationToken);
}
