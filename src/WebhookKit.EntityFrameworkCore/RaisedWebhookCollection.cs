using System.Collections;
using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json.Serialization.Metadata;

namespace WebhookKit;

/// <summary>The events that an entity has raised, in order. Not safe for use by many threads at once, as entities are not.</summary>
/// <remarks>
/// An entity knows no services, so its events are checked and serialized when they are saved, and a faulty one makes <c>SaveChanges</c> throw
/// <see cref="WebhookValidationException"/>. Their time, unless the options give one, is that of saving.
/// </remarks>
[NotMapped]
public sealed class RaisedWebhookCollection : IReadOnlyCollection<RaisedWebhook>
{
    private readonly List<RaisedWebhook> _raised = [];

    /// <inheritdoc/>
    public int Count => _raised.Count;

    /// <summary>Raises an event of a type named by text.</summary>
    /// <typeparam name="TData">The data's type; serialized through <see cref="WebhookOptions.SerializerOptions"/>.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data. Serialized when it is saved: leave it unchanged until then.</param>
    /// <param name="options">What else is to be said of it.</param>
    public void Raise<TData>(string eventType, TData data, PublishOptions? options = null) =>
        Add(new RaisedWebhook(eventType, data, options, (factory, o) => factory.Create(eventType, data, o)));

    /// <summary>Raises an event of a type named by text, its data serialized by a given contract.</summary>
    /// <typeparam name="TData">The data's type.</typeparam>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data. Serialized when it is saved: leave it unchanged until then.</param>
    /// <param name="typeInfo">How to serialize it.</param>
    /// <param name="options">What else is to be said of it.</param>
    public void Raise<TData>(string eventType, TData data, JsonTypeInfo<TData> typeInfo, PublishOptions? options = null) =>
        Add(new RaisedWebhook(eventType, data, options, (factory, o) => factory.Create(eventType, data, typeInfo, o)));

    /// <summary>Raises a typed event; its CLR type is bound to an event type by <see cref="IWebhooksBuilder.AddEventType{TEvent}"/>.</summary>
    /// <typeparam name="TEvent">The event's CLR type.</typeparam>
    /// <param name="data">The event's data. Serialized when it is saved: leave it unchanged until then.</param>
    /// <param name="options">What else is to be said of it.</param>
    public void Raise<TEvent>(TEvent data, PublishOptions? options = null)
        where TEvent : class =>
        Add(new RaisedWebhook(null, data, options, (factory, o) => factory.Create(data, o)));

    /// <summary>Raises a prepared event, its data as given, byte for byte.</summary>
    /// <param name="webhookEvent">The event.</param>
    /// <param name="options">What else is to be said of it.</param>
    public void Raise(WebhookEvent webhookEvent, PublishOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(webhookEvent);
        Add(new RaisedWebhook(webhookEvent.Type, webhookEvent, options, (factory, o) => factory.Create(webhookEvent, o)));
    }

    /// <summary>Raises an event whose data is JSON text already, byte for byte.</summary>
    /// <param name="eventType">The event type.</param>
    /// <param name="utf8Json">The data: one JSON value in UTF-8. Not copied: leave it unchanged.</param>
    /// <param name="options">What else is to be said of it.</param>
    public void RaiseJson(string eventType, ReadOnlyMemory<byte> utf8Json, PublishOptions? options = null) =>
        Add(new RaisedWebhook(eventType, utf8Json, options, (factory, o) => factory.CreateJson(eventType, utf8Json, o)));

    /// <summary>Takes back what is not stored yet.</summary>
    public void Clear() => _raised.Clear();

    /// <inheritdoc/>
    public IEnumerator<RaisedWebhook> GetEnumerator() => _raised.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(RaisedWebhook raised)
    {
        raised.Owner = this;
        _raised.Add(raised);
    }

    internal void RemoveAll(Predicate<RaisedWebhook> match) => _raised.RemoveAll(match);
}
