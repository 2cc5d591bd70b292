namespace WebhookKit.PostgreSql;

/// <summary>A delivery of a settlement.</summary>
/// <param name="Place">Which settlement, among those that are stored together.</param>
/// <param name="Of">The settlement.</param>
/// <param name="Next">The delivery in its next state.</param>
internal readonly record struct SettleItem(int Place, Settlement Of, WebhookDelivery Next)
{
    public int ExpectedAttemptCount => Of.ExpectedAttemptCount(Next);

    /// <summary>Whether it is not kept.</summary>
    public bool IsRemoved => Of.RemovesSucceeded && Next.Status == DeliveryStatus.Succeeded;
}
