using WebhookKit.Diagnostics;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Stores the events of a message, all or none, before it is answered. The engine hands them to the handlers after.</summary>
internal sealed class HandleFromStore(Inbox inbox, string receiver, int concurrency, SafeLogger<Receiver> logger) : IMessageTaker
{
    public async ValueTask<Answer> TakeAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (message.Events.Count > 0) await inbox.TakeAsync(receiver, concurrency, message, cancellationToken);
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
