using System.Text.Json;
using WebhookKit.Publishing;

namespace WebhookKit;

/// <summary>The settings of the engine. Checked when the host starts; every fault is named at once, with its fix.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// The deadline of an attempt, from name look-up to the last byte of the answer, unless the profile sets its own.
    /// 100 ms to 5 minutes. Default: 15 seconds.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many attempts one node may have under way at once. 1 to 100,000. Default: 2,048.</summary>
    public int MaxConcurrency { get; set; } = 2048;

    /// <summary>How many attempts one endpoint may have under way at once unless its subscription says. 1 to 10,000. Default: 16.</summary>
    public int MaxConcurrencyPerEndpoint { get; set; } = 16;

    /// <summary>The largest event data, in bytes. 1 to 16 MiB. Default: 256 KiB.</summary>
    public int MaxEventBytes { get; set; } = 256 * 1024;

    /// <summary>How much of an answer's body is read and kept, in bytes. 0 to 1 MiB. Default: 16 KiB.</summary>
    public int MaxResponseBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// How many due deliveries of one endpoint may wait in memory; the rest waits in the store and is read in time. So many of a burst go
    /// without being read from the store again. Endpoints with an order hold at most 256, those that answer slowly fewer, those that
    /// cannot be sent to next to none. 16 to 100,000. Default: 2,048.
    /// </summary>
    public int LaneBufferSize { get; set; } = 2048;

    /// <summary>
    /// How many bytes of deliveries, waiting and under way, one node holds in memory for all endpoints together: the data of their events
    /// and 1,000 bytes each. When they are used up, reading more from the store waits for what is under way, and what is
    /// published stays in the store; when half are, endpoints hold less of that. 1 MiB to 16 GiB. Default: 64 MiB, or an eighth of the memory that the runtime may use where
    /// that is less, as in a small container.
    /// </summary>
    public long MaxBufferedBytes { get; set; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, 1024 * 1024, 64 * 1024 * 1024);

    /// <summary>Accepts event types that are not in the catalogue. Default: no.</summary>
    public bool AllowUnknownEventTypes { get; set; }

    /// <summary>Whether this process delivers. A front end that only publishes sets it to <see langword="false"/>. Default: yes.</summary>
    public bool Dispatch { get; set; } = true;

    /// <summary>The profile of subscriptions that name none. Default: <c>StandardWebhooks</c>.</summary>
    public string DefaultProfile { get; set; } = WebhookProfiles.StandardWebhooksName;

    /// <summary>How event data is serialized. Default: the web defaults. Trimmed hosts set a source-generated resolver.</summary>
    public JsonSerializerOptions SerializerOptions { get; set; } = DefaultJson.CreateOptions();

    /// <summary>The longest wait that a <c>Retry-After</c> can ask for. 0 to 30 days. Default: 24 hours.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a rotated secret keeps signing beside the new one. 0 to 365 days. Default: 24 hours.</summary>
    public TimeSpan SecretOverlap { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Where requests may go.</summary>
    public EndpointGuardOptions Guard { get; set; } = new();

    /// <summary>
    /// Sends the W3C <c>traceparent</c> of the attempt's activity to endpoints. Default: no. <c>baggage</c> and <c>tracestate</c> are never sent.
    /// </summary>
    public bool SendTraceParent { get; set; }

    /// <summary>How long finished deliveries, attempts and events are kept.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>
    /// Lets the host start although the store cannot be used (it cannot be reached, say). It is tried again with a growing delay until it
    /// can; until then everything that needs it throws <see cref="WebhookStoreException"/>. Default: no, the host's start fails.
    /// </summary>
    public bool StartWithoutStore { get; set; }

    /// <summary>When an endpoint that keeps failing is left in peace for a while.</summary>
    public BreakerOptions Breaker { get; set; } = new();

    /// <summary>This node's name among the nodes of one store, to which a random part is added. Default: the machine's name and the process id.</summary>
    public string? NodeId { get; set; }

    /// <summary>
    /// How long a node owns its partitions without renewing. 1 second to 1 hour, and at least 1.2 times the
    /// longest attempt deadline and 5 seconds. Default: 60 seconds. Renewed every sixth of it.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often a node looks through its partitions for due work that nothing told it of; up to four times that while there are so many lanes that
    /// looking takes more than a twentieth of the time. 100 ms to 5 minutes. Default: 5 seconds.
    /// </summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a node stores what it has counted for the statistics (<see cref="IWebhookStatistics"/>): a crash loses so much of it.
    /// Up to four times that where so many endpoints are busy that storing takes more than a twentieth of the time. 1 second to 5 minutes. Default: 10 seconds. It is stored at the end of a drain and of the host too.
    /// </summary>
    public TimeSpan StatisticsInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many loops give lanes their turns: one a processor. A simulation sets it, so that its runs are the same on every machine.</summary>
    internal int DispatchLoops { get; set; } = Environment.ProcessorCount;
}
