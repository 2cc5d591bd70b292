using WebhookKit.Formats;
using WebhookKit.Formats.CloudEvents;
using WebhookKit.Formats.MailUp;

namespace WebhookKit;

/// <summary>The built-in formats, to make profiles of. Each can read what it wrote.</summary>
public static class WebhookFormats
{
    /// <summary>
    /// Standard Webhooks 1.0: <c>{"type":"…","timestamp":"…","data":…}</c>; for a subscription that batches, an array of these, each with
    /// its event's <c>id</c>.
    /// </summary>
    public static IWebhookFormat StandardWebhooks { get; } = new StandardWebhooksFormat();

    /// <summary>The event's data as the body, byte for byte, with its own content type. It cannot batch.</summary>
    public static IWebhookFormat AsGiven { get; } = new AsGivenFormat();

    /// <summary>MailerLite Classic: <c>{"events":[{"account_id":…,"data":…,"timestamp":…,"type":"…","webhook_id":…}]}</c>, batched or not.</summary>
    /// <remarks>The setting <c>account_id</c> of the subscription, or else its tenant, is the account.</remarks>
    public static IWebhookFormat MailerLiteClassic { get; } = new MailerLiteClassicFormat();

    /// <summary>
    /// Mailjet: the members of the data beside <c>event</c> and <c>time</c> (unix seconds, unless the data has its own); version 2 posts a
    /// list of these.
    /// </summary>
    /// <remarks>
    /// Settings: <c>version</c> (<c>2</c>, the default, or <c>1</c>) and <c>backup_url</c>, to which every second attempt of a delivery goes.
    /// </remarks>
    public static IWebhookFormat Mailjet { get; } = new MailjetFormat();

    /// <summary>MailUp: parameters made of placeholders, in a form body or in the query. It cannot batch.</summary>
    /// <remarks>
    /// Settings: <c>method</c> (<c>POST</c>, the default, or <c>GET</c>), <c>parameters</c> (such as <c>evt=[EventType]&amp;eml=[Email]</c>)
    /// and <c>encrypted</c> (<c>true</c>: RC4, which is weak, with the subscription's secret as the key, then base64). A receiver reads the
    /// parameters as a JSON object of texts, decrypted if one of its secrets is the key.
    /// </remarks>
    /// <param name="encodesEncryptedBody">
    /// Whether the base64 of an encrypted POST is percent-encoded, as it is in a query. MailUp's pages leave it open; without, a parser of
    /// forms reads each <c>+</c> in it as a space.
    /// </param>
    /// <param name="typeName">The name of the parameter from which a receiver reads the event's type; <c>evt</c> unless the sender uses another.</param>
    /// <param name="timeName">The same for the time.</param>
    /// <returns>The format.</returns>
    public static IWebhookFormat MailUp(bool encodesEncryptedBody = false, string typeName = "evt", string timeName = "evd")
    {
        ArgumentException.ThrowIfNullOrEmpty(typeName);
        ArgumentException.ThrowIfNullOrEmpty(timeName);
        return new MailUpFormat(encodesEncryptedBody, new MailUpReader(typeName, timeName));
    }

    /// <summary>MailerLite: the members of the data, which must be a JSON object, beside the event's type.</summary>
    /// <param name="typeName">The name of the member that tells the type of an event sent alone.</param>
    /// <param name="batchTypeName">The same in a batch: <c>{"events":[{"type":"…",…}],"total":1}</c>.</param>
    /// <returns>The format.</returns>
    public static IWebhookFormat MailerLite(string typeName = "event", string batchTypeName = "type")
    {
        ArgumentException.ThrowIfNullOrEmpty(typeName);
        ArgumentException.ThrowIfNullOrEmpty(batchTypeName);
        return new MailerLiteFormat(typeName, batchTypeName);
    }

    /// <summary>CloudEvents 1.0 over HTTP: structured JSON, batched JSON for a subscription that batches, or binary.</summary>
    /// <remarks>
    /// Setting: <c>mode</c> (<c>structured</c>, the default, or <c>binary</c>). The event's attributes become extensions, as far as
    /// CloudEvents allows their names; <c>subject</c>, <c>dataschema</c> and <c>source</c> among them are the attributes of that name.
    /// </remarks>
    /// <param name="source">The <c>source</c> of events that have no attribute of that name: a URI or a path that names this application.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentException">The source is no URI reference.</exception>
    public static IWebhookFormat CloudEvents(string source = "/webhooks") =>
        !string.IsNullOrEmpty(source) && Uri.IsWellFormedUriString(source, UriKind.RelativeOrAbsolute)
            ? new CloudEventsFormat(source)
            : throw new ArgumentException($"The source '{source}' is no URI reference. Use one such as 'https://example.com/shop' or '/shop'.", nameof(source));
}
