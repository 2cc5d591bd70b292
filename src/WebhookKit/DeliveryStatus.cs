namespace WebhookKit;

/// <summary>Where a delivery stands.</summary>
/// <remarks>
/// <code>
/// Pending              -> Succeeded | Exhausted | Expired | Canceled
/// Exhausted, Expired   -> Pending      (resend, recover)
/// Succeeded, Canceled  -> (final)
/// </code>
/// </remarks>
public enum DeliveryStatus
{
    /// <summary>Due now or later.</summary>
    Pending,

    /// <summary>The endpoint accepted it.</summary>
    Succeeded,

    /// <summary>
    /// Every attempt of its retry schedule failed, the endpoint answered 410 under a profile that gives up on that, or its profile can
    /// never send it (<see cref="AttemptOutcome.Unsendable"/>).
    /// </summary>
    Exhausted,

    /// <summary>Its time to live ended first.</summary>
    Expired,

    /// <summary>Canceled by hand, or its subscription was deleted.</summary>
    Canceled,
}
