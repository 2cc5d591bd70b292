namespace WebhookKit.Matching;

/// <summary>Told of changes of subscriptions as this node learns of them.</summary>
internal interface ISubscriptionListener
{
    void Changed(SubscriptionModel? before, SubscriptionModel after);

    void Deleted(string subscriptionId);
}
