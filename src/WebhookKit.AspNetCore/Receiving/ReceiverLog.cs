using Microsoft.Extensions.Logging;
using WebhookKit.Matching;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Everything that receiving logs. Event ids are stable; secrets and bodies never appear, and what a sender wrote cannot forge a line.</summary>
internal static partial class ReceiverLog
{
    public static void HandlerFailed(ILogger logger, string receiver, WebhookEvent webhookEvent, string consequence, Exception cause) =>
        HandlerFailed(logger, receiver, Quote.Of(webhookEvent.Id), Quote.Of(webhookEvent.Type), consequence, cause);

    public static void Unreadable(ILogger logger, string receiver, WebhookEvent webhookEvent, Exception cause) =>
        Unreadable(logger, receiver, Quote.Of(webhookEvent.Id), Quote.Of(webhookEvent.Type), cause);

    [LoggerMessage(101, LogLevel.Debug, "Receiver {Receiver} refused a request ({Failure}): {Reason}")]
    public static partial void Refused(ILogger logger, string receiver, VerificationFailure failure, string? reason);

    [LoggerMessage(104, LogLevel.Warning, "The queue of receiver {Receiver} is full: senders are told to come again. This is not logged again until there was room.")]
    public static partial void QueueFull(ILogger logger, string receiver);

    [LoggerMessage(105, LogLevel.Error, "The host's shutdown time ended while {Count} requests that receiver {Receiver} had answered waited to be handled: they are lost.")]
    public static partial void LostAtStop(ILogger logger, string receiver, int count);

    [LoggerMessage(106, LogLevel.Warning, "Receiver {Receiver} forgets ids sooner than it should, because there are too many: a duplicate may be handled. Raise MaxRemembered. This is logged once.")]
    public static partial void ForgettingEarly(ILogger logger, string receiver);

    [LoggerMessage(107, LogLevel.Error, "Receiver {Receiver} could not store what it received. The sender is asked to send again.")]
    public static partial void StoreFailed(ILogger logger, string receiver, Exception cause);

    [LoggerMessage(108, LogLevel.Warning, "Receiver {Receiver} was sent events that cannot be published here, and refused the request: {Reason}")]
    public static partial void NotPublishable(ILogger logger, string receiver, string reason);

    [LoggerMessage(102, LogLevel.Error, "A handler of receiver {Receiver} failed with event {EventId} of type {EventType}. {Consequence}")]
    private static partial void HandlerFailed(ILogger logger, string receiver, string eventId, string eventType, string consequence, Exception cause);

    [LoggerMessage(103, LogLevel.Error, "Receiver {Receiver} cannot read the data of event {EventId} of type {EventType}, which is not handled.")]
    private static partial void Unreadable(ILogger logger, string receiver, string eventId, string eventType, Exception cause);
}
