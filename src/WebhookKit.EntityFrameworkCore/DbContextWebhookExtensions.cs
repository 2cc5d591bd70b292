using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using WebhookKit.EntityFrameworkCore.Saving;

namespace WebhookKit;

/// <summary>Raises events on a <see cref="DbContext"/>: the next <c>SaveChanges</c> stores them in the transaction of its rows.</summary>
/// <remarks>
/// <para>
/// What is raised is part of the context's changes: it is stored if they are, and forgotten by <c>ChangeTracker.Clear()</c> and when the context is
/// disposed of. What was raised within a transaction is also forgotten when that is rolled back.
/// </para>
/// <para>
/// All methods throw <see cref="WebhookValidationException"/> when the event is refused (see <see cref="IWebhookPublisher"/>), and
/// <see cref="InvalidOperationException"/> when the context is not set up for events. The data is serialized at once. Like the context, for one thread
/// at a time.
/// </para>
/// </remarks>
public static class DbContextWebhookExtensions
{
    /// <summary>Raises an event of a type named by text.</summary>
    /// <typeparam name="TData">The data's type; serialized through <see cref="WebhookOptions.SerializerOptions"/>.</typeparam>
    /// <param name="context">The context.</param>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="options">What else is to be said of it; <see cref="PublishOptions.Transaction"/> is left out.</param>
    /// <returns>The event's id.</returns>
    public static string RaiseWebhook<TData>(this DbContext context, string eventType, TData data, PublishOptions? options = null) =>
        PendingWebhooks.Of(context).Raise(new RaisedWebhook(eventType, data, options, (factory, o) => factory.Create(eventType, data, o)));

    /// <summary>Raises an event of a type named by text, its data serialized by a given contract.</summary>
    /// <typeparam name="TData">The data's type.</typeparam>
    /// <param name="context">The context.</param>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="typeInfo">How to serialize it.</param>
    /// <param name="options">What else is to be said of it; <see cref="PublishOptions.Transaction"/> is left out.</param>
    /// <returns>The event's id.</returns>
    public static string RaiseWebhook<TData>(
        this DbContext context, string eventType, TData data, JsonTypeInfo<TData> typeInfo, PublishOptions? options = null) =>
        PendingWebhooks.Of(context).Raise(new RaisedWebhook(eventType, data, options, (factory, o) => factory.Create(eventType, data, typeInfo, o)));

    /// <summary>Raises a typed event; its CLR type is bound to an event type by <see cref="IWebhooksBuilder.AddEventType{TEvent}"/>.</summary>
    /// <typeparam name="TEvent">The event's CLR type.</typeparam>
    /// <param name="context">The context.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="options">What else is to be said of it; <see cref="PublishOptions.Transaction"/> is left out.</param>
    /// <returns>The event's id.</returns>
    public static string RaiseWebhook<TEvent>(this DbContext context, TEvent data, PublishOptions? options = null)
        where TEvent : class =>
        PendingWebhooks.Of(context).Raise(new RaisedWebhook(null, data, options, (factory, o) => factory.Create(data, o)));

    /// <summary>Raises a prepared event, its data as given, byte for byte.</summary>
    /// <param name="context">The context.</param>
    /// <param name="webhookEvent">The event.</param>
    /// <param name="options">What else is to be said of it; <see cref="PublishOptions.Transaction"/> is left out.</param>
    /// <returns>The event's id.</returns>
    public static string RaiseWebhook(this DbContext context, WebhookEvent webhookEvent, PublishOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(webhookEvent);
        return PendingWebhooks.Of(context).Raise(new RaisedWebhook(webhookEvent.Type, webhookEvent, options, (factory, o) => factory.Create(webhookEvent, o)));
    }

    /// <summary>
    /// Raises an event whose data names what the database makes, such as the key of a new row: it is made once the row is written, before the commit.
    /// </summary>
    /// <typeparam name="TEntity">The entity's type.</typeparam>
    /// <typeparam name="TData">The data's type; serialized through <see cref="WebhookOptions.SerializerOptions"/>.</typeparam>
    /// <param name="context">The context.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="eventType">The event type.</param>
    /// <param name="data">
    /// Makes the data from a copy of the entity with the values that the database has made. The copy has the entity's own columns; what it is related to
    /// is left out.
    /// </param>
    /// <param name="options">What else is to be said of it; <see cref="PublishOptions.Transaction"/> is left out.</param>
    /// <returns>The event's id.</returns>
    public static string RaiseWebhook<TEntity, TData>(
        this DbContext context, TEntity entity, string eventType, Func<TEntity, TData> data, PublishOptions? options = null)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(data);
        return PendingWebhooks.Of(context).Raise(new RaisedWebhook(eventType, entity, options, (factory, o) => factory.CreateJson(eventType, "null"u8.ToArray(), o))
        {
            Complete = (factory, raised) => raised with { Data = factory.Create(eventType, data(SavedCopy.Of(context, entity)), options).Data },
        });
    }

    /// <summary>Raises an event whose data is JSON text already, byte for byte.</summary>
    /// <param name="context">The context.</param>
    /// <param name="eventType">The event type.</param>
    /// <param name="utf8Json">The data: one JSON value in UTF-8. Not copied: leave it unchanged.</param>
    /// <param name="options">What else is to be said of it; <see cref="PublishOptions.Transaction"/> is left out.</param>
    /// <returns>The event's id.</returns>
    public static string RaiseWebhookJson(this DbContext context, string eventType, ReadOnlyMemory<byte> utf8Json, PublishOptions? options = null) =>
        PendingWebhooks.Of(context).Raise(new RaisedWebhook(eventType, utf8Json, options, (factory, o) => factory.CreateJson(eventType, utf8Json, o)));
}
