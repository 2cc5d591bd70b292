using System.Text.Json.Serialization.Metadata;

namespace WebhookKit.Publishing;

/// <summary>Events that are made now and published later, by the same rules.</summary>
internal sealed partial class WebhookPublisher : IWebhookEventFactory
{
    public bool IsPublishingSuppressed => suppression.IsActive;

    WebhookEvent IWebhookEventFactory.Create<TData>(string eventType, TData data, PublishOptions? options) =>
        Finish(Create(eventType, serializer.Serialize(data, eventType), options), options, isOwnJson: true);

    WebhookEvent IWebhookEventFactory.Create<TData>(string eventType, TData data, JsonTypeInfo<TData> typeInfo, PublishOptions? options) =>
        Finish(Create(eventType, EventSerializer.Serialize(data, typeInfo, eventType), options), options, isOwnJson: true);

    WebhookEvent IWebhookEventFactory.Create<TEvent>(TEvent data, PublishOptions? options)
    {
        var eventType = TypeOf<TEvent>();
        return Finish(Create(eventType, serializer.Serialize(data, eventType), options), options, isOwnJson: true);
    }

    WebhookEvent IWebhookEventFactory.Create(WebhookEvent webhookEvent, PublishOptions? options)
    {
        ArgumentNullException.ThrowIfNull(webhookEvent);
        return Finish(Complete(webhookEvent, options), options, isOwnJson: false);
    }

    WebhookEvent IWebhookEventFactory.CreateJson(string eventType, ReadOnlyMemory<byte> utf8Json, PublishOptions? options) =>
        Finish(Create(eventType, utf8Json, options), options, isOwnJson: false);

    private WebhookEvent Finish(WebhookEvent webhookEvent, PublishOptions? options, bool isOwnJson)
    {
        validator.Check(webhookEvent, isOwnJson);
        EventValidator.CheckOptions(options ?? NoOptions);

        // Published later, in whatever activity: the trace that it notes is that of now.
        var finished = Stamp(webhookEvent, time.GetUtcNow());
        return isOwnJson ? finished : WithOwnAttributes(finished);
    }
}
