using WebhookKit.Diagnostics;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Publishes the events of a message again, all or none. The store refuses those that it has.</summary>
internal sealed class Forward(
    IWebhookPublisher publisher, WebhookForwardOptions options, bool isScopeTheTenant, string receiver, SafeLogger<Receiver> logger) : IMessageTaker
{
    private readonly PublishOptions _publishing = new() { TimeToLive = options.TimeToLive };

    public async ValueTask<Answer> TakeAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        List<WebhookEvent> events = new(message.Events.Count);
        for (var i = 0; i < message.Events.Count; i++)
        {
            var webhookEvent = message.Events[i];
            var type = options.EventType is { } typeOf ? typeOf(webhookEvent) : webhookEvent.Type;
            if (type is not null) events.Add(webhookEvent with { Id = StoreId.Of(message.Keys[i], isScopeTheTenant), Type = type });
        }

        try
        {
            if (events.Count == 1) await publisher.PublishAsync(events[0], _publishing, cancellationToken);
            else if (events.Count > 1) await publisher.PublishManyAsync(events, _publishing, cancellationToken);
            return Answer.Ok;
        }
        catch (WebhookValidationException refused)
        {
            ReceiverLog.NotPublishable(logger, receiver, refused.Message);
            return Answer.Refused;
        }
        catch (WebhookException cause)
        {
            ReceiverLog.StoreFailed(logger, receiver, cause);
            return Answer.Busy;
        }
    }
}
