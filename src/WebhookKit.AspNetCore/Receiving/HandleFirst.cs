using WebhookKit.Diagnostics;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>
/// Handles the events of a message before it is answered. Those that were handled are remembered; with the first that fails the sender has to
/// send again, and then only the rest is handled.
/// </summary>
/// <remarks>A handler goes on when its sender has lost patience: the next try finds the event handled.</remarks>
internal sealed class HandleFirst(
    HandlerTable handlers, RecentIds recent, Deadlines deadlines, string receiver, SafeLogger<Receiver> logger) : IMessageTaker
{
    public async ValueTask<Answer> TakeAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        for (var i = 0; i < message.Events.Count; i++)
        {
            switch (recent.Begin(message.Keys[i], out var entry))
            {
                case Known.AsDone:
                    continue;
                case Known.AsUnderWay:
                    return Answer.UnderWay;
            }

            var answer = Answer.Failed;
            try
            {
                answer = await HandleAsync(message, message.Events[i]);
            }
            finally
            {
                recent.End(entry, answer == Answer.Ok || answer == Answer.Gone);
            }

            if (answer != Answer.Ok) return answer;
        }

        return Answer.Ok;
    }

    private async ValueTask<Answer> HandleAsync(ReceivedMessage message, WebhookEvent webhookEvent)
    {
        using var deadline = deadlines.Start();
        try
        {
            return await handlers.HandleAsync(webhookEvent, message.MessageId, message.SignedAt, canAnswer: true, deadline.Token) ? Answer.Gone : Answer.Ok;
        }
        catch (UnreadableDataException cause)
        {
            ReceiverLog.Unreadable(logger, receiver, webhookEvent, cause);
            return Answer.Refused;
        }
        catch (Exception cause)
        {
            ReceiverLog.HandlerFailed(logger, receiver, webhookEvent, "The sender is asked to send again.", cause);
            return Answer.Failed;
        }
    }
}
