namespace WebhookKit;

/// <summary>Turns events into a request: a pure function, so that every attempt carries the same bytes. Used by many threads at once.</summary>
/// <remarks>A format that implements <see cref="IWebhookReader"/> too lets <see cref="WebhookVerifier"/> read the events of received requests.</remarks>
public interface IWebhookFormat
{
    /// <summary>
    /// Whether one request to a subscription can carry several events. Asked when it is saved, and once for each change of it on each node; should it throw
    /// then, that is logged, and its events go one by one.
    /// </summary>
    /// <param name="subscription">The subscription; its profile's settings may decide.</param>
    /// <returns>Whether it can.</returns>
    bool CanBatch(WebhookSubscription subscription);

    /// <summary>
    /// What a subscription can say in its settings, for forms and descriptions. Default: nothing. The built-in formats check their settings by this
    /// list; a format of a host's own checks them in <see cref="FindFaults"/>.
    /// </summary>
    IReadOnlyList<ProfileSetting> Settings => [];

    /// <summary>Says what is wrong with a subscription in this dialect, so that it is refused when it is saved.</summary>
    /// <param name="subscription">The subscription as it would be stored.</param>
    /// <returns>Each fault with its field and its fix; none when it is good.</returns>
    IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) => [];

    /// <summary>Names the URLs beside the subscription's own that its requests may go to, so that they are checked as it is.</summary>
    /// <param name="subscription">The subscription as it would be stored.</param>
    /// <returns>The URLs, each by the name of the setting that has it; none for most formats.</returns>
    IEnumerable<KeyValuePair<string, Uri>> FindOtherUrls(WebhookSubscription subscription) => [];

    /// <summary>Formats one request.</summary>
    /// <param name="context">The events, and where they go.</param>
    /// <returns>The request's content.</returns>
    /// <exception cref="UnsendableEventException">
    /// An event can never be sent in this dialect: its delivery ends at once with the reason. Whatever else is thrown counts as a fault
    /// that will be mended: the delivery waits.
    /// </exception>
    WebhookContent Format(in FormatContext context);
}
