using System.Collections.Frozen;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using WebhookKit.Diagnostics;
using WebhookKit.Dispatching;

namespace WebhookKit.Publishing;

/// <summary>The front door: event in, receipt out. Serializes once, checks, stores.</summary>
internal sealed partial class WebhookPublisher(
    EngineStart start,
    EventTypeCatalog catalog,
    EventSerializer serializer,
    EventValidator validator,
    EventWriter writer,
    PublishSuppression suppression,
    IdSource ids,
    WebhookMetrics metrics,
    TimeProvider time) : IWebhookPublisher
{
    private static readonly PublishOptions NoOptions = new();

    /// <summary>Where an event comes from.</summary>
    private enum Origin
    {
        /// <summary>The caller has made it.</summary>
        Prepared,

        /// <summary>It was made here, of JSON of the caller's.</summary>
        Json,

        /// <summary>It was made and serialized here.</summary>
        Data,
    }

    public ValueTask<PublishReceipt> PublishAsync<TData>(string eventType, TData data, PublishOptions? options, CancellationToken cancellationToken) =>
        PublishOneAsync(Create(eventType, serializer.Serialize(data, eventType), options), options, Origin.Data, cancellationToken);

    public ValueTask<PublishReceipt> PublishAsync<TData>(
        string eventType, TData data, JsonTypeInfo<TData> typeInfo, PublishOptions? options, CancellationToken cancellationToken) =>
        PublishOneAsync(Create(eventType, EventSerializer.Serialize(data, typeInfo, eventType), options), options, Origin.Data, cancellationToken);

    public ValueTask<PublishReceipt> PublishAsync<TEvent>(TEvent data, PublishOptions? options, CancellationToken cancellationToken)
        where TEvent : class =>
        PublishAsync(TypeOf<TEvent>(), data, options, cancellationToken);

    public ValueTask<PublishReceipt> PublishAsync(WebhookEvent webhookEvent, PublishOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(webhookEvent);
        return PublishOneAsync(Complete(webhookEvent, options), options, Origin.Prepared, cancellationToken);
    }

    public ValueTask<PublishReceipt> PublishJsonAsync(
        string eventType, ReadOnlyMemory<byte> utf8Json, PublishOptions? options, CancellationToken cancellationToken) =>
        PublishOneAsync(Create(eventType, utf8Json, options), options, Origin.Json, cancellationToken);

    public ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync<TData>(
        string eventType, IEnumerable<TData> data, PublishOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        return PublishAllAsync(data.Select(d => Create(eventType, serializer.Serialize(d, eventType), options)), options, Origin.Data, cancellationToken);
    }

    public ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync<TData>(
        string eventType, IEnumerable<TData> data, JsonTypeInfo<TData> typeInfo, PublishOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        return PublishAllAsync(
            data.Select(d => Create(eventType, EventSerializer.Serialize(d, typeInfo, eventType), options)), options, Origin.Data, cancellationToken);
    }

    public ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync<TEvent>(
        IEnumerable<TEvent> events, PublishOptions? options, CancellationToken cancellationToken)
        where TEvent : class =>
        PublishManyAsync(TypeOf<TEvent>(), events, options, cancellationToken);

    public ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync(
        IEnumerable<WebhookEvent> events, PublishOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        return PublishAllAsync(events.Select(e => Complete(e, options)), options, Origin.Prepared, cancellationToken);
    }

    /// <summary>
    /// Stores events that were received, whatever their types, for one subscription that handles them: all or none.
    /// </summary>
    internal async ValueTask<PublishReceipt[]> TakeAsync(WebhookEvent[] received, string subscriptionId, CancellationToken cancellationToken)
    {
        foreach (var webhookEvent in received) validator.CheckSample(webhookEvent);
        return await StoreAsync([.. received], new PublishOptions { SubscriptionIds = [subscriptionId] }, Origin.Prepared, cancellationToken);
    }

    public IDisposable SuppressPublishing() => suppression.Begin();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PublishReceipt> PublishOneAsync(
        WebhookEvent webhookEvent, PublishOptions? options, Origin origin, CancellationToken cancellationToken)
    {
        validator.Check(webhookEvent, origin == Origin.Data);
        if (origin == Origin.Prepared) webhookEvent = WithOwnAttributes(webhookEvent);
        var receipts = await StoreAsync([webhookEvent], options ?? NoOptions, origin, cancellationToken);
        return receipts[0];
    }

    private async ValueTask<IReadOnlyList<PublishReceipt>> PublishAllAsync(
        IEnumerable<WebhookEvent> events, PublishOptions? options, Origin origin, CancellationToken cancellationToken)
    {
        if (options?.EventId is not null)
        {
            throw new WebhookValidationException(
                nameof(PublishOptions.EventId), "One event id cannot name many events. Publish WebhookEvents, each with its own Id.");
        }

        WebhookEvent[] all = [.. events.Take(EventValidator.MaxManyEvents + 1)];
        if (all.Length > EventValidator.MaxManyEvents)
        {
            throw new WebhookValidationException(
                nameof(events), $"More than {EventValidator.MaxManyEvents:N0} events are published at once. Publish them in several calls.");
        }

        for (var i = 0; i < all.Length; i++)
        {
            validator.Check(all[i], origin == Origin.Data);
            if (origin == Origin.Prepared) all[i] = WithOwnAttributes(all[i]);
        }

        return all.Length == 0 ? [] : await StoreAsync(all, options ?? NoOptions, origin, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PublishReceipt[]> StoreAsync(WebhookEvent[] events, PublishOptions options, Origin origin, CancellationToken cancellationToken)
    {
        EventValidator.CheckOptions(options);
        if (suppression.IsActive) return [.. events.Select(e => new PublishReceipt(IdOf(e), 0, IsDuplicate: false) { IsSuppressed = true })];

        await start.EnsureAsync(cancellationToken);
        using var activity = new SafeActivity(WebhookActivities.StartPublish(events));
        var now = time.GetUtcNow();
        var hasNewIds = origin == Origin.Prepared ? Array.TrueForAll(events, static e => e.Id.Length == 0) : options.EventId is null;
        for (var i = 0; i < events.Length; i++) events[i] = Stamp(events[i], now);

        var results = await writer.StoreAsync(
            new PublishBatch
            {
                Events = events,
                PublishedAt = now,
                HasNewIds = hasNewIds,
                TimeToLive = options.TimeToLive,
                SubscriptionIds = options.SubscriptionIds,
                Transaction = options.Transaction,
            },
            cancellationToken);

        var receipts = new PublishReceipt[events.Length];
        for (var i = 0; i < receipts.Length; i++)
        {
            var isDuplicate = results[i].Status == EventWriteStatus.Duplicate;
            receipts[i] = new PublishReceipt(events[i].Id, results[i].Deliveries, isDuplicate);
            if (!isDuplicate) metrics.Published(events[i].Type);
        }

        return receipts;
    }

    private WebhookEvent Create(string eventType, ReadOnlyMemory<byte> data, PublishOptions? options) => new()
    {
        Id = options?.EventId ?? ids.NewEventId(),
        TenantId = options?.TenantId,
        Type = eventType,
        OccurredAt = options?.OccurredAt ?? time.GetUtcNow(),
        Data = data,
        OrderingKey = options?.OrderingKey,
        Attributes = Copy(options?.Attributes),
        TraceParent = WebhookActivities.AreListenedTo ? null : CurrentTraceParent,
    };

    /// <summary>A prepared event with attributes that its maker cannot change any more.</summary>
    private static WebhookEvent WithOwnAttributes(WebhookEvent webhookEvent) =>
        webhookEvent.Attributes.Count > 0 ? webhookEvent with { Attributes = Copy(webhookEvent.Attributes) } : webhookEvent;

    /// <summary>Fills what a prepared event leaves open from the options.</summary>
    private static WebhookEvent Complete(WebhookEvent webhookEvent, PublishOptions? options) => options is null || webhookEvent?.Id is null ? webhookEvent! : webhookEvent with
    {
        Id = webhookEvent.Id.Length > 0 ? webhookEvent.Id : options.EventId ?? "",
        TenantId = webhookEvent.TenantId ?? options.TenantId,
        OccurredAt = webhookEvent.OccurredAt != default ? webhookEvent.OccurredAt : options.OccurredAt ?? default,
        OrderingKey = webhookEvent.OrderingKey ?? options.OrderingKey,
        Attributes = webhookEvent.Attributes is { Count: > 0 } ? webhookEvent.Attributes : options.Attributes ?? webhookEvent.Attributes,
    };

    /// <summary>The host may change its own later, and a retry must send what the first attempt did.</summary>
    private static IReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string>? attributes) =>
        attributes is { Count: > 0 } ? new Dictionary<string, string>(attributes, StringComparer.Ordinal) : FrozenDictionary<string, string>.Empty;

    /// <summary>That of the publishing itself while it is traced: it begins after the event is made, and <see cref="Stamp"/> then notes it.</summary>
    private static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>Gives a prepared event what it lacks: an id, a time, the publisher's trace.</summary>
    private WebhookEvent Stamp(WebhookEvent webhookEvent, DateTimeOffset now)
    {
        var traceParent = webhookEvent.TraceParent ?? CurrentTraceParent;
        if (webhookEvent.Id.Length > 0 && webhookEvent.OccurredAt != default && traceParent == webhookEvent.TraceParent) return webhookEvent;
        return webhookEvent with
        {
            Id = IdOf(webhookEvent),
            OccurredAt = webhookEvent.OccurredAt != default ? webhookEvent.OccurredAt : now,
            TraceParent = traceParent,
        };
    }

    private string IdOf(WebhookEvent webhookEvent) => webhookEvent.Id.Length > 0 ? webhookEvent.Id : ids.NewEventId();

    private string TypeOf<TEvent>() => catalog.FindByClrType(typeof(TEvent))?.Name ?? throw new WebhookValidationException(
        nameof(WebhookEvent.Type),
        $"No event type is bound to {typeof(TEvent)}. Bind one with AddEventType<{typeof(TEvent).Name}>(\"…\", \"…\"), or name the event type in the call.");
}
