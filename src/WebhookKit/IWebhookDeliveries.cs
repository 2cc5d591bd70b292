namespace WebhookKit;

/// <summary>Shows what happened to deliveries, and sets them going again.</summary>
public interface IWebhookDeliveries
{
    /// <summary>Gets a delivery.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The delivery; <see langword="null"/> when there is none (any more).</returns>
    ValueTask<WebhookDelivery?> GetAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Gets the event of deliveries.</summary>
    /// <param name="tenantId">Its tenant.</param>
    /// <param name="eventId">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The event; <see langword="null"/> when there is none (any more).</returns>
    ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string eventId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists the deliveries of a tenant, newest event first, page by page. A page may be shorter than asked, even empty, and yet not the
    /// last: <see cref="Page{T}.Next"/> says.
    /// </summary>
    /// <param name="query">Which, and how many at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One page.</returns>
    ValueTask<Page<WebhookDelivery>> ListAsync(DeliveryQuery query, CancellationToken cancellationToken = default);

    /// <summary>Gets the attempts of a delivery, oldest first.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The attempts; none when there is no such delivery.</returns>
    ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Shows the request that an attempt of a delivery would make now, without sending it.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The request, without secrets. What would go in a batch with others is shown as a batch of its own.</returns>
    /// <exception cref="WebhookNotFoundException">There is no such delivery.</exception>
    /// <exception cref="WebhookConflictException">Its subscription is gone, or no request can be made; the message says why.</exception>
    ValueTask<WebhookRequest> GetRequestAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Makes an exhausted or expired delivery due now, with its whole retry schedule before it and no time to live.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The delivery as it now is.</returns>
    /// <exception cref="WebhookNotFoundException">There is none.</exception>
    /// <exception cref="WebhookConflictException">It is neither exhausted nor expired, or its subscription is gone.</exception>
    ValueTask<WebhookDelivery> ResendAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes all exhausted and expired deliveries of a subscription due now, and delivers the stored events that match it now and
    /// that it has no delivery of (what it missed while it was disabled, say), all from a given time on.
    /// </summary>
    /// <param name="subscriptionId">The subscription's id.</param>
    /// <param name="since">From when: the time of publishing.</param>
    /// <param name="cancellationToken">Stops; what was recovered until then stays so.</param>
    /// <returns>How many deliveries are due again or anew.</returns>
    /// <exception cref="WebhookNotFoundException">There is no such subscription.</exception>
    /// <exception cref="WebhookConflictException">The store is full; what was recovered until then stays so.</exception>
    ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, CancellationToken cancellationToken = default);

    /// <summary>Cancels a pending delivery. A request that is under way ends as it may.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it was pending.</returns>
    ValueTask<bool> CancelAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Delivers what is due and returns when nothing more can go now, for hosts that run no background service
    /// (<see cref="WebhookOptions.Dispatch"/> is <see langword="false"/>) and for tests. What is due later, throttled, paused or
    /// behind an open breaker is not waited for.
    /// </summary>
    /// <param name="deadline">How long to take new work; what is under way then may end. <see langword="null"/> for no limit.</param>
    /// <param name="cancellationToken">Stops taking new work; requests under way are interrupted.</param>
    /// <returns>What is left.</returns>
    /// <exception cref="WebhookValidationException">The deadline is negative.</exception>
    ValueTask<DrainResult> DrainAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default);
}
