namespace WebhookKit;

/// <summary>Manages subscriptions. A change is seen by every publishing that begins after the call has returned, on every node.</summary>
public interface IWebhookSubscriptions
{
    /// <summary>Creates a subscription.</summary>
    /// <param name="subscription">What to create.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription with its id and its secret.</returns>
    /// <exception cref="WebhookValidationException">Some values are refused; all are named at once.</exception>
    /// <exception cref="WebhookConflictException">There is a subscription with this id already.</exception>
    ValueTask<WebhookSubscription> CreateAsync(NewWebhookSubscription subscription, CancellationToken cancellationToken = default);

    /// <summary>Says what is wrong with a subscription that is to be created, without creating it.</summary>
    /// <param name="subscription">What to create.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All faults, which <see cref="CreateAsync"/> would throw; none when it would be created. The endpoint is not asked.</returns>
    ValueTask<IReadOnlyList<WebhookFieldError>> CheckAsync(NewWebhookSubscription subscription, CancellationToken cancellationToken = default);

    /// <summary>Says what is wrong with a changed subscription, without storing it.</summary>
    /// <param name="subscription">A subscription as it was read, changed by <c>with</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All faults, which <see cref="UpdateAsync"/> would throw; none when it could be stored. The endpoint is not asked.</returns>
    /// <exception cref="WebhookNotFoundException">It is gone.</exception>
    ValueTask<IReadOnlyList<WebhookFieldError>> CheckAsync(WebhookSubscription subscription, CancellationToken cancellationToken = default);

    /// <summary>Gets a subscription.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription; <see langword="null"/> when there is none.</returns>
    ValueTask<WebhookSubscription?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Lists subscriptions by id, page by page.</summary>
    /// <param name="query">Which, and how many at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One page.</returns>
    ValueTask<Page<WebhookSubscription>> ListAsync(SubscriptionQuery query, CancellationToken cancellationToken = default);

    /// <summary>Counts subscriptions.</summary>
    /// <param name="query">Which; where the page begins and how long it is does not matter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many there are.</returns>
    ValueTask<int> CountAsync(SubscriptionQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Changes a subscription's name, URL, event types, filter, profile, settings, headers, HTTP client, batching, order and limits to
    /// those given. Its status and secrets are left as they are.
    /// </summary>
    /// <remarks>
    /// Under <see cref="WebhookSigners.Basic"/> the secret is a password: one in the new URL takes its place, and it is forgotten when
    /// requests would take it to another server. Batching that was the old profile's default becomes that of the new one;
    /// where there was none although the profile could, there is none. A profile with a <see cref="WebhookHandshake"/> asks the endpoint
    /// when the URL or the profile changes.
    /// </remarks>
    /// <param name="subscription">A subscription as it was read, changed by <c>with</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription as it now is.</returns>
    /// <exception cref="WebhookValidationException">Some values are refused; all are named at once.</exception>
    /// <exception cref="WebhookConflictException">It has changed since it was read: read it again.</exception>
    /// <exception cref="WebhookNotFoundException">It is gone.</exception>
    ValueTask<WebhookSubscription> UpdateAsync(WebhookSubscription subscription, CancellationToken cancellationToken = default);

    /// <summary>Deletes a subscription and cancels its pending deliveries. Requests under way end as they may.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Enables a paused or disabled subscription: it is matched again, and what is pending goes on.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription as it now is.</returns>
    /// <exception cref="WebhookNotFoundException">There is none.</exception>
    ValueTask<WebhookSubscription> EnableAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Pauses a subscription: it is still matched, but its deliveries wait.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription as it now is.</returns>
    /// <exception cref="WebhookNotFoundException">There is none.</exception>
    /// <exception cref="WebhookConflictException">It is disabled; enable it first.</exception>
    ValueTask<WebhookSubscription> PauseAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Disables a subscription: it is no longer matched, and what is pending waits.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="reason">Why, in words for its owner: 500 characters at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription as it now is.</returns>
    /// <exception cref="WebhookNotFoundException">There is none.</exception>
    /// <exception cref="WebhookValidationException">The reason is empty, too long, or cannot be stored.</exception>
    ValueTask<WebhookSubscription> DisableAsync(string id, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Gives a subscription a new secret. The old one keeps signing beside it until the overlap ends.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="secret">The new secret; <see langword="null"/> generates one.</param>
    /// <param name="overlap">How long the old one keeps signing; <see langword="null"/> uses <see cref="WebhookOptions.SecretOverlap"/>; zero ends it now; 365 days at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The subscription with its new secret first.</returns>
    /// <exception cref="WebhookNotFoundException">There is none.</exception>
    /// <exception cref="WebhookValidationException">The secret is malformed for its profile, or the overlap is out of range.</exception>
    /// <exception cref="WebhookConflictException">None was given, and its profile needs none or is not registered; or ten secrets still sign: wait, or use an overlap of zero.</exception>
    ValueTask<WebhookSubscription> RotateSecretAsync(string id, string? secret = null, TimeSpan? overlap = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends one test event to a subscription at once, whatever its status, past its limits and without storing anything, and
    /// returns what came back.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="sample">The event to send; <see langword="null"/> sends one of type <c>webhook.test</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The attempt.</returns>
    /// <exception cref="WebhookNotFoundException">There is none.</exception>
    /// <exception cref="WebhookValidationException">The sample's type, id or data could not be published either; any type that is well formed is taken.</exception>
    /// <exception cref="WebhookConflictException">The profile cannot make a request of the sample; the message says why.</exception>
    ValueTask<DeliveryAttempt> SendTestEventAsync(string id, WebhookEvent? sample = null, CancellationToken cancellationToken = default);

    /// <summary>Does what <see cref="SendTestEventAsync"/> does, and shows the request and the answer beside the attempt.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="sample">The event to send; <see langword="null"/> sends one of type <c>webhook.test</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The attempt with its request and answer.</returns>
    /// <exception cref="WebhookNotFoundException">There is none.</exception>
    /// <exception cref="WebhookValidationException">The sample's type, id or data could not be published either; any type that is well formed is taken.</exception>
    /// <exception cref="WebhookConflictException">The profile cannot make a request of the sample; the message says why.</exception>
    ValueTask<WebhookTestResult> TestAsync(string id, WebhookEvent? sample = null, CancellationToken cancellationToken = default);
}
