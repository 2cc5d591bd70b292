using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using WebhookKit.AspNetCore.Receiving;

namespace WebhookKit;

/// <summary>How webhooks are received; see <see cref="WebhookReceiverEndpointExtensions.MapWebhookReceiver"/>.</summary>
public sealed class WebhookReceiverOptions
{
    /// <summary>The profile under which the sender sends. Default: <see cref="WebhookProfiles.StandardWebhooks"/>.</summary>
    public WebhookProfile Profile { get; set; } = WebhookProfiles.StandardWebhooks;

    /// <summary>
    /// The receiver's name, for logs, and by which <see cref="WebhookHandling.FromStore"/> finds its handlers again after a restart: keep it the
    /// same. 1 to 64 characters. Default: the pattern.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>The secrets that may have signed a request; two while one is rotated. (Under MailUp, the keys of encrypted parameters.)</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>
    /// Finds the secrets for a request, those of the tenant that the route names, say. Asked for each request, before its body is read. None
    /// refuses the request with 401, as a wrong signature does. <see langword="null"/> (the default): <see cref="Secrets"/> are used.
    /// </summary>
    public Func<HttpContext, ValueTask<IReadOnlyCollection<string>>>? ResolveSecrets { get; set; }

    /// <summary>
    /// User names and passwords (<c>user:password</c>), one of which a request has to carry by HTTP Basic, beside what the profile proves:
    /// for senders that sign nothing. Empty (the default) asks for none.
    /// </summary>
    public IList<string> BasicCredentials { get; } = [];

    /// <summary>
    /// Secrets, one of which has to stand where the pattern has <c>{secret}</c>: for senders that sign nothing and send no credentials. 16
    /// characters or more. Whoever logs addresses logs it too. Empty (the default) asks for none.
    /// </summary>
    public IList<string> PathSecrets { get; } = [];

    /// <summary>
    /// Takes requests that nothing proves: anybody who finds the address can send. Default: no; then a profile that signs nothing needs
    /// <see cref="BasicCredentials"/> or <see cref="PathSecrets"/>.
    /// </summary>
    public bool AllowUnsigned { get; set; }

    /// <summary>How far the time of signing may lie in the past or in the future. 1 s to a day. Default: 5 minutes.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest body, in bytes; a larger one is answered with 413. 1 to 64 MiB. Default: 1 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>When events are handled. Default: <see cref="WebhookHandling.AfterAnswer"/>.</summary>
    public WebhookHandling Handling { get; set; }

    /// <summary>How many requests can wait to be handled, with <see cref="WebhookHandling.AfterAnswer"/>. 1 to 1,000,000. Default: 1,000.</summary>
    public int QueueCapacity { get; set; } = 1000;

    /// <summary>How many handlers run at once, with <see cref="WebhookHandling.AfterAnswer"/> and <see cref="WebhookHandling.FromStore"/>. 1 to 10,000. Default: 16.</summary>
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>
    /// After how long a handler's token is cancelled, and the event counts as failed. 100 ms to an hour. Default: 1 minute, which
    /// <see cref="WebhookHandling.FromStore"/> cuts to the inbox's own.
    /// </summary>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What <c>Retry-After</c> says when the queue is full or the store is away. 1 s to an hour. Default: 10 s.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For how long the id of a handled event is remembered in memory. More than twice the tolerance, and 30 days at most. Default: a day.
    /// </summary>
    public TimeSpan RememberFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How many ids are remembered at most; beyond, the oldest are forgotten early, with a warning. 1 to 10,000,000. Default: 100,000, some 15 MB.</summary>
    public int MaxRemembered { get; set; } = 100_000;

    /// <summary>
    /// Finds the id of an event whose dialect carries none, in its data, say, so that duplicates can be told: Stripe's <c>id</c>.
    /// <see langword="null"/> (the default), or from it: such an event is never a duplicate.
    /// </summary>
    public Func<WebhookEvent, string?>? FindEventId { get; set; }

    /// <summary>
    /// Says whose events a request brings. Asked once its signature has held. <see langword="null"/> (the default): nobody's, the
    /// <see langword="null"/> tenant. Ids are told apart by tenant, or without this by what the route has in its other parameters.
    /// </summary>
    public Func<HttpContext, ValueTask<string?>>? ResolveTenant { get; set; }

    /// <summary>Says whether to answer 410 Gone, so that the sender unsubscribes. Asked once the signature has held. Default: never.</summary>
    public Func<HttpContext, ValueTask<bool>>? IsGone { get; set; }

    /// <summary>
    /// The origins that may send, for the validation handshake of CloudEvents (an <c>OPTIONS</c> request): DNS names, or <c>*</c>. Empty (the
    /// default) answers no handshake. It promises only; each request is proved by its signature.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>How many requests a minute the handshake allows; <see langword="null"/> (the default) for any number.</summary>
    public int? AllowedRequestsPerMinute { get; set; }

    /// <summary>How the data of events is read. Default: as <see cref="WebhookOptions.SerializerOptions"/> has it, or the web defaults.</summary>
    public JsonSerializerOptions? SerializerOptions { get; set; }

    internal List<EventTaker> Handlers { get; } = [];

    internal WebhookForwardOptions? Forwarding { get; private set; }

    /// <summary>Adds a handler for events of a type. An event goes to the first handler that was added for its type.</summary>
    /// <typeparam name="T">What the event's JSON is read as.</typeparam>
    /// <param name="eventType">The type, such as <c>subscriber.created</c>; <c>subscriber.*</c> for all that begin so.</param>
    /// <param name="handle">Handles an event. What it throws makes the event count as not handled.</param>
    /// <returns>These options.</returns>
    public WebhookReceiverOptions OnEvent<T>(string eventType, Func<ReceivedWebhook, T, CancellationToken, Task> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        Handlers.Add(new EventTaker<T>(eventType, null, handle));
        return this;
    }

    /// <summary>Adds a handler for events of a type, read by a given contract (trimmed and AOT hosts).</summary>
    /// <typeparam name="T">What the event's JSON is read as.</typeparam>
    /// <param name="eventType">The type, such as <c>subscriber.created</c>; <c>subscriber.*</c> for all that begin so.</param>
    /// <param name="typeInfo">How to read it.</param>
    /// <param name="handle">Handles an event. What it throws makes the event count as not handled.</param>
    /// <returns>These options.</returns>
    public WebhookReceiverOptions OnEvent<T>(string eventType, JsonTypeInfo<T> typeInfo, Func<ReceivedWebhook, T, CancellationToken, Task> handle)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        ArgumentNullException.ThrowIfNull(handle);
        Handlers.Add(new EventTaker<T>(eventType, typeInfo, handle));
        return this;
    }

    /// <summary>Adds a handler for all events that no handler before it takes, whatever their type and data.</summary>
    /// <param name="handle">Handles an event. What it throws makes the event count as not handled.</param>
    /// <returns>These options.</returns>
    public WebhookReceiverOptions OnAny(Func<ReceivedWebhook, CancellationToken, Task> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        Handlers.Add(new AnyEventTaker(handle));
        return this;
    }

    /// <summary>
    /// Publishes each received event again, with its type, data and attributes, under its own id, instead of handling it. The answer goes when
    /// the events are stored, all of a batch or none; the store refuses duplicates, across restarts and nodes.
    /// </summary>
    /// <param name="configure">Changes how.</param>
    /// <returns>These options.</returns>
    public WebhookReceiverOptions Forward(Action<WebhookForwardOptions>? configure = null)
    {
        Forwarding ??= new WebhookForwardOptions();
        configure?.Invoke(Forwarding);
        return this;
    }
}
