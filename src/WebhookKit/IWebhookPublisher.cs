using System.Text.Json.Serialization.Metadata;

namespace WebhookKit;

/// <summary>Publishes events. When a call returns, the event and its deliveries are stored; when it throws, nothing is.</summary>
/// <remarks>
/// All methods throw <see cref="WebhookValidationException"/> when the event is refused: its type is not in the catalogue,
/// its data cannot be serialized, is not JSON or is larger than <see cref="WebhookOptions.MaxEventBytes"/>, or an option is out
/// of range; and <see cref="WebhookConflictException"/> when the store is full or cannot join the transaction. Safe for use
/// by many threads at once.
/// </remarks>
public interface IWebhookPublisher
{
    /// <summary>Publishes an event of a type named by text.</summary>
    /// <typeparam name="TData">The data's type; serialized through <see cref="WebhookOptions.SerializerOptions"/>.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipt.</returns>
    ValueTask<PublishReceipt> PublishAsync<TData>(string eventType, TData data, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Publishes an event of a type named by text, its data serialized by a given contract (trimmed and AOT hosts).</summary>
    /// <typeparam name="TData">The data's type.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="typeInfo">How to serialize it.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipt.</returns>
    ValueTask<PublishReceipt> PublishAsync<TData>(string eventType, TData data, JsonTypeInfo<TData> typeInfo, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Publishes a typed event; its CLR type is bound to an event type by <see cref="IWebhooksBuilder.AddEventType{TEvent}"/>.</summary>
    /// <typeparam name="TEvent">The event's CLR type.</typeparam>
    /// <param name="data">The event's data.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipt.</returns>
    ValueTask<PublishReceipt> PublishAsync<TEvent>(TEvent data, PublishOptions? options = null, CancellationToken cancellationToken = default)
        where TEvent : class;

    /// <summary>Publishes a prepared event, its data as given, byte for byte.</summary>
    /// <param name="webhookEvent">The event.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipt.</returns>
    ValueTask<PublishReceipt> PublishAsync(WebhookEvent webhookEvent, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Publishes an event whose data is JSON text already, byte for byte.</summary>
    /// <param name="eventType">The event type.</param>
    /// <param name="utf8Json">The data: one JSON value in UTF-8. Not copied: leave it unchanged after the call.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipt.</returns>
    ValueTask<PublishReceipt> PublishJsonAsync(string eventType, ReadOnlyMemory<byte> utf8Json, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Publishes many events of one type: all are stored or none.</summary>
    /// <typeparam name="TData">The data's type; serialized through <see cref="WebhookOptions.SerializerOptions"/>.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The data of each event; 10,000 at most.</param>
    /// <param name="options">What else is to be said of each.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipts, in the order given.</returns>
    ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync<TData>(string eventType, IEnumerable<TData> data, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Publishes many events of one type, serialized by a given contract: all are stored or none.</summary>
    /// <typeparam name="TData">The data's type.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The data of each event; 10,000 at most.</param>
    /// <param name="typeInfo">How to serialize it.</param>
    /// <param name="options">What else is to be said of each.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipts, in the order given.</returns>
    ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync<TData>(string eventType, IEnumerable<TData> data, JsonTypeInfo<TData> typeInfo, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Publishes many typed events: all are stored or none.</summary>
    /// <typeparam name="TEvent">The events' CLR type.</typeparam>
    /// <param name="events">The events; 10,000 at most.</param>
    /// <param name="options">What else is to be said of each.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipts, in the order given.</returns>
    ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync<TEvent>(IEnumerable<TEvent> events, PublishOptions? options = null, CancellationToken cancellationToken = default)
        where TEvent : class;

    /// <summary>Publishes many prepared events: all are stored or none.</summary>
    /// <param name="events">The events; 10,000 at most.</param>
    /// <param name="options">What else is to be said of each.</param>
    /// <param name="cancellationToken">Gives up waiting before the store has begun to write.</param>
    /// <returns>The receipts, in the order given.</returns>
    ValueTask<IReadOnlyList<PublishReceipt>> PublishManyAsync(IEnumerable<WebhookEvent> events, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins a scope, such as a bulk import, in which publishing stores nothing and returns suppressed receipts. It follows
    /// the calling code's asynchronous flow and ends when disposed; scopes nest.
    /// </summary>
    /// <returns>The scope.</returns>
    IDisposable SuppressPublishing();
}
