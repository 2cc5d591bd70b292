using Microsoft.Extensions.Logging;
using WebhookKit.Dispatching;

namespace WebhookKit.Diagnostics;

/// <summary>Everything that the library logs. Event ids are stable; secrets and bodies never appear.</summary>
internal static partial class Log
{
    /// <summary>The one wide line of an attempt: it answers most questions.</summary>
    public static void Attempted(
        ILogger logger, WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt, SettleResult settled)
    {
        var level = attempt.Outcome == AttemptOutcome.Succeeded ? LogLevel.Information : LogLevel.Warning;
        if (!logger.IsEnabled(level)) return;
        var first = deliveries[0];
        Attempted(
            logger, level, attempt.Outcome, attempt.StatusCode, attempt.Duration.TotalMilliseconds, attempt.MessageId, first.EventType, attempt.BatchSize,
            first.ScheduleAttempts, subscription.Id, subscription.TenantId, subscription.Url.Host, first.Status,
            first.Status == DeliveryStatus.Pending ? first.DueAt : null, settled, attempt.Error);
    }

    [LoggerMessage(1, LogLevel.Information, "This node ({NodeId}) owns {Owned} of {Partitions} partitions among {Nodes} live nodes.")]
    public static partial void OwnershipChanged(ILogger logger, string nodeId, int owned, int partitions, int nodes);

    [LoggerMessage(2, LogLevel.Error, "The {Loop} loop failed {Failures} times in a row and goes on in {Delay}.")]
    public static partial void LoopFailed(ILogger logger, string loop, int failures, TimeSpan delay, Exception cause);

    [LoggerMessage(3, LogLevel.Error, "What became of {Deliveries} deliveries of subscription {SubscriptionId} could not be stored ({Failures} times); trying again in {Delay}.")]
    public static partial void SettleFailed(ILogger logger, string subscriptionId, int deliveries, int failures, TimeSpan delay, Exception cause);

    [LoggerMessage(4, LogLevel.Error, "Due deliveries of subscription {SubscriptionId} could not be read; trying again in {Delay}.")]
    public static partial void ReadFailed(ILogger logger, string subscriptionId, TimeSpan delay, Exception cause);

    [LoggerMessage(5, LogLevel.Error, "A request of subscription {SubscriptionId} for event {EventId} could not be made (stage {Stage}). No attempt is used up; it is tried again later.")]
    public static partial void RequestFault(ILogger logger, RequestStage stage, string subscriptionId, string eventId, Exception cause);

    [LoggerMessage(6, LogLevel.Error, "Delivering for subscription {SubscriptionId} failed unexpectedly. No attempt is used up; it is tried again later.")]
    public static partial void PipelineFailed(ILogger logger, string subscriptionId, Exception cause);

    [LoggerMessage(7, LogLevel.Error, "The observer {Observer} threw. Nothing else is changed by that.")]
    public static partial void ObserverFailed(ILogger logger, string observer, Exception cause);

    [LoggerMessage(8, LogLevel.Warning, "Subscription {SubscriptionId} at {Host} is disabled: {Reason}")]
    public static partial void SubscriptionDisabled(ILogger logger, string subscriptionId, string host, string reason);

    [LoggerMessage(9, LogLevel.Error, "A change of subscription {SubscriptionId} is stored, but this node could not read it back; its next publish or sweep will.")]
    public static partial void RefreshFailed(ILogger logger, string subscriptionId, Exception cause);

    [LoggerMessage(11, LogLevel.Warning, "This node ({NodeId}) has lost partition {Partition}: fencing number {Fence} is no longer valid. Was it paused for longer than a lease?")]
    public static partial void PartitionLost(ILogger logger, string nodeId, int partition, long fence);

    [LoggerMessage(12, LogLevel.Warning, "This node's partitions could not be given back; others take them over when the leases run out.")]
    public static partial void LeaveFailed(ILogger logger, Exception cause);

    [LoggerMessage(13, LogLevel.Error, "Stopping did not end within {Grace} after the shutdown time. Deliveries under way stay pending.")]
    public static partial void StopGivenUp(ILogger logger, TimeSpan grace);

    [LoggerMessage(14, LogLevel.Error, "The scheduler threw when lane {Lane} asked for its turn. The next sweep asks again.")]
    public static partial void ScheduleFailed(ILogger logger, string lane, Exception cause);

    [LoggerMessage(15, LogLevel.Error, "What became of deliveries of subscription {SubscriptionId} is decided, but telling of it failed. Nothing is sent again because of that.")]
    public static partial void TellingFailed(ILogger logger, string subscriptionId, Exception cause);

    [LoggerMessage(16, LogLevel.Error, "A listener to the meter threw. Nothing else is changed by that.")]
    public static partial void MeterListenerFailed(ILogger logger, Exception cause);

    [LoggerMessage(17, LogLevel.Error, "A secret of subscription {SubscriptionId} cannot be read. Its deliveries wait until it can; restore the keys, or rotate the secret.")]
    public static partial void SecretUnreadable(ILogger logger, string subscriptionId, Exception cause);

    [LoggerMessage(18, LogLevel.Error, "The host starts without webhooks, since their store cannot be used. It is tried again until it can.")]
    public static partial void StartedWithoutStore(ILogger logger, Exception cause);

    [LoggerMessage(19, LogLevel.Error, "What is older than it need be kept could not be removed at the end of a drain; the next drain tries again.")]
    public static partial void PurgeFailed(ILogger logger, Exception cause);

    [LoggerMessage(20, LogLevel.Warning, "Other nodes could not be told of work for them; their sweeps find it. This is not logged again until it has worked.")]
    public static partial void WakeUpFailed(ILogger logger, Exception cause);

    [LoggerMessage(21, LogLevel.Warning, "What was counted for the statistics could not be stored when draining or stopping; what is left is stored with the next, if there is one.")]
    public static partial void StatisticsFailed(ILogger logger, Exception cause);

    [LoggerMessage(22, LogLevel.Warning, "Statistics of {Dropped} endpoint(s) and spans of time are lost: the store has been away for so long that there is no room for more. Deliveries are not affected.")]
    public static partial void StatisticsDropped(ILogger logger, int dropped);

    [LoggerMessage(23, LogLevel.Error, "The format of profile {Profile} threw when asked whether it can batch events for subscription {SubscriptionId}. They are sent one by one until the subscription is changed or this node starts again.")]
    public static partial void CanBatchFailed(ILogger logger, string profile, string subscriptionId, Exception cause);

    [LoggerMessage(EventId = 10, Message = "Attempt {Outcome} (status {StatusCode}) in {Milliseconds:0.0} ms: message {MessageId}, type {EventType}, {BatchSize} event(s), attempt {Attempt}, subscription {SubscriptionId} of tenant {TenantId} at {Host}; now {Status}, next attempt {NextAttemptAt}, settlement {Settlement}. {Error}")]
    private static partial void Attempted(
        ILogger logger, LogLevel level, AttemptOutcome outcome, int? statusCode, double milliseconds, string messageId, string eventType, int batchSize,
        int attempt, string subscriptionId, string? tenantId, string host, DeliveryStatus status, DateTimeOffset? nextAttemptAt, SettleResult settlement,
        string? error);
}
