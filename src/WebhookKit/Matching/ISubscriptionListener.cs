namespace WebhookKit.Matching;

/// <summary>Told of changes of subscriptions as this node learns of them.</summary>
internal interface ISubscriptionListener
{
    /// <summary>This node has just committed a change, of which the others do not know.</summary>
    void ChangedHere();

    void Changed(SubscriptionModel? before, SubscriptionModel after);

    void Deleted(string subscriptionId);
}
