namespace WebhookKit;

/// <summary>Shows deliveries and attempts, and changes the status of deliveries by hand.</summary>
public interface IDeliveryHistory
{
    /// <summary>Gets a delivery.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The delivery; <see langword="null"/> when there is none.</returns>
    ValueTask<WebhookDelivery?> GetDeliveryAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Gets an event.</summary>
    /// <param name="tenantId">Its tenant.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The event; <see langword="null"/> when there is none.</returns>
    ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string id, CancellationToken cancellationToken);

    /// <summary>
    /// Lists deliveries, newest event first. A page may be shorter than asked, even empty, and yet not the last: one call looks at a bounded
    /// number. What is added or changes while somebody pages moves nothing else from one page to another.
    /// </summary>
    /// <param name="query">Which, and how many; checked by the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One page.</returns>
    /// <exception cref="WebhookValidationException"><see cref="DeliveryQuery.After"/> is no <see cref="Page{T}.Next"/>.</exception>
    ValueTask<Page<WebhookDelivery>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken);

    /// <summary>Gets the attempts of a delivery, oldest first, each numbered.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The attempts.</returns>
    ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Makes an exhausted or expired delivery pending and due now, its schedule begun anew, without batch or expiry.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The delivery as it now is; <see langword="null"/> when it is in no such status or not there, or its subscription is gone.</returns>
    ValueTask<WebhookDelivery?> ResendAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Does as <see cref="ResendAsync"/> for some exhausted or expired deliveries of a subscription, oldest first.</summary>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="since">Only those published at this time or later.</param>
    /// <param name="limit">The most to change in one call.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were changed; fewer than <paramref name="limit"/> means that there are no more. None when the subscription is gone.</returns>
    ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Cancels a pending delivery.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The delivery as it now is; <see langword="null"/> when it was not pending.</returns>
    ValueTask<WebhookDelivery?> CancelAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Lists events of a tenant, oldest first, that a subscription has no delivery of, without those that are addressed to others
    /// (<see cref="EventWrite.IsAddressed"/>). A page may be shorter than asked, even empty, and yet not the last.
    /// </summary>
    /// <remarks>
    /// An event that is still kept while the subscription's delivery of it has been removed (<see cref="PurgeAsync"/>,
    /// <see cref="Settlement.RemovesSucceeded"/>) may be listed: a store need not remember what it has removed.
    /// </remarks>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="subscriptionId">The subscription.</param>
    /// <param name="since">Only those published at this time or later.</param>
    /// <param name="after">Where to go on: <see cref="Page{T}.Next"/> of the page before.</param>
    /// <param name="limit">The most to list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One page.</returns>
    ValueTask<Page<WebhookEvent>> ListMissedEventsAsync(string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Adds deliveries of events that are stored already. Those whose event or subscription is gone, or whose subscription has one of that
    /// event, are passed over.
    /// </summary>
    /// <param name="deliveries">The deliveries.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were added.</returns>
    /// <exception cref="ArgumentException">The id of one that would be added is taken in its lane (a store may look further); none was added.</exception>
    /// <exception cref="WebhookConflictException">The store is full; none was added, and the message says what to do.</exception>
    ValueTask<int> AddDeliveriesAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken);

    /// <summary>Removes some of what is older than it need be kept, in one small step.</summary>
    /// <param name="query">What, and how much.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// How many deliveries, attempts and events were removed, the limit at most; attempts that go with their delivery need not be counted. Fewer
    /// than the limit means that there is no more to remove now.
    /// </returns>
    ValueTask<int> PurgeAsync(PurgeQuery query, CancellationToken cancellationToken);
}
