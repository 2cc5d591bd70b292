namespace WebhookKit.Simulation.World;

/// <summary>An event owed to a subscription, as the database is to have it.</summary>
internal sealed class OwedDelivery(WebhookDelivery row, string? key, bool isReopened)
{
    public Guid Id => Row.Id;

    public string EventId => Row.EventId;

    public string SubscriptionId => Row.SubscriptionId;

    public string? Key => key;

    /// <summary>What was last stored.</summary>
    public WebhookDelivery Row { get; set; } = row;

    /// <summary>Whether it has been purged.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether it was resent, recovered, or added later: then it comes when it comes, and holds back nothing that was there before.</summary>
    public bool IsReopened { get; set; } = isReopened;

    public TimeSpan? CanceledAt { get; set; }

    /// <summary>The node that was asked to cancel it and knows that it has.</summary>
    public SimNode? CanceledBy { get; set; }

    /// <summary>The requests that carried it, each under which fencing number and after how many settled attempts it was made.</summary>
    public List<(SentRequest Request, long Fence, int AttemptCount)> Sent { get; } = [];

    public bool IsPending => !IsGone && Row.Status == DeliveryStatus.Pending;

    public bool CanBeReopened => !IsGone && Row.Status is (DeliveryStatus.Exhausted or DeliveryStatus.Expired);

    public override string ToString() => $"{EventId} for {SubscriptionId}";
}
