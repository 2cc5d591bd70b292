using WebhookKit.Outcomes;

namespace WebhookKit.Tests.Outcomes;

/// <summary>Makes what is decided on: a delivery published a minute ago, just attempted for the first time, unless said otherwise.</summary>
internal static class DeciderSample
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Published = Now.AddMinutes(-1);
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static readonly WebhookProfile Profile = WebhookProfiles.StandardWebhooks with
    {
        Retry = new RetrySchedule(10 * Second, 100 * Second, 1000 * Second),
        Disable = new DisableRule(),
    };

    public static WebhookDelivery Delivery(int attempts = 0) => new()
    {
        Id = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        EventId = "evt_1",
        EventType = "subscriber.created",
        SubscriptionId = "sub_1",
        TenantId = "acme",
        CreatedAt = Published,
        DueAt = Published,
        AttemptCount = attempts,
    };

    public static DeliveryAttempt Attempt(AttemptOutcome outcome, int? status = null) => new()
    {
        MessageId = "evt_1",
        StartedAt = Now - Second,
        Duration = Second,
        Outcome = outcome,
        StatusCode = status,
        Error = outcome == AttemptOutcome.Succeeded ? null : "It went wrong.",
    };

    public static DecisionInput Input(AttemptOutcome outcome, int? status = null, params WebhookDelivery[] deliveries) => new()
    {
        Deliveries = deliveries.Length == 0 ? [Delivery()] : deliveries,
        Attempt = Attempt(outcome, status),
        Profile = Profile,
        Now = Now,
        Random = 0.5,
        MaxRetryAfter = TimeSpan.FromHours(24),
    };

    public static DecisionInput Failure(params WebhookDelivery[] deliveries) => Input(AttemptOutcome.ErrorStatus, 500, deliveries);
}
