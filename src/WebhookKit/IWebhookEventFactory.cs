using System.Text.Json.Serialization.Metadata;

namespace WebhookKit;

/// <summary>
/// Makes events as <see cref="IWebhookPublisher"/> does (serialized, checked, with their ids) but stores nothing: for code that publishes them
/// later, such as when a unit of work is saved. Since the id is given here, an event that is published twice is stored once.
/// </summary>
/// <remarks>
/// All methods throw <see cref="WebhookValidationException"/> when the event would be refused. Of the options, <see cref="PublishOptions.TimeToLive"/>
/// and <see cref="PublishOptions.SubscriptionIds"/> are checked, but are to be said again when it is published. Safe for use by many threads at once.
/// </remarks>
public interface IWebhookEventFactory
{
    /// <summary>
    /// Whether this code runs within <see cref="IWebhookPublisher.SuppressPublishing"/>, so that what it makes ought not to be published later
    /// either.
    /// </summary>
    bool IsPublishingSuppressed { get; }

    /// <summary>Makes an event of a type named by text.</summary>
    /// <typeparam name="TData">The data's type; serialized through <see cref="WebhookOptions.SerializerOptions"/>.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <returns>The event.</returns>
    WebhookEvent Create<TData>(string eventType, TData data, PublishOptions? options = null);

    /// <summary>Makes an event of a type named by text, its data serialized by a given contract (trimmed and AOT hosts).</summary>
    /// <typeparam name="TData">The data's type.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="typeInfo">How to serialize it.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <returns>The event.</returns>
    WebhookEvent Create<TData>(string eventType, TData data, JsonTypeInfo<TData> typeInfo, PublishOptions? options = null);

    /// <summary>Makes a typed event; its CLR type is bound to an event type by <see cref="IWebhooksBuilder.AddEventType{TEvent}"/>.</summary>
    /// <typeparam name="TEvent">The event's CLR type.</typeparam>
    /// <param name="data">The event's data.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <returns>The event.</returns>
    WebhookEvent Create<TEvent>(TEvent data, PublishOptions? options = null)
        where TEvent : class;

    /// <summary>Completes and checks a prepared event.</summary>
    /// <param name="webhookEvent">The event.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <returns>The event, with its id and time.</returns>
    WebhookEvent Create(WebhookEvent webhookEvent, PublishOptions? options = null);

    /// <summary>Makes an event whose data is JSON text already.</summary>
    /// <param name="eventType">The event type.</param>
    /// <param name="utf8Json">The data: one JSON value in UTF-8. Not copied: leave it unchanged after the call.</param>
    /// <param name="options">What else is to be said of it.</param>
    /// <returns>The event.</returns>
    WebhookEvent CreateJson(string eventType, ReadOnlyMemory<byte> utf8Json, PublishOptions? options = null);
}
