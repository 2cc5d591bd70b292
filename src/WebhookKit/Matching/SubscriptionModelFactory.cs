using WebhookKit.Profiles;

namespace WebhookKit.Matching;

/// <summary>Makes the checked snapshot of a subscription, with every default filled in.</summary>
internal sealed class SubscriptionModelFactory(ProfileRegistry profiles, IDeliveryQueue queue, WebhookOptions options)
{
    public SubscriptionModel Create(WebhookSubscription subscription)
    {
        var profile = profiles.Find(subscription.Profile) ?? UnknownProfile.Named(subscription.Profile);
        return new SubscriptionModel
        {
            Subscription = subscription,
            Profile = profile,
            Partition = Partitioner.GetPartition(subscription.Id, queue.PartitionCount),
            MaxConcurrency = subscription.MaxConcurrency ?? options.MaxConcurrencyPerEndpoint,
            Timeout = profile.Timeout ?? options.AttemptTimeout,
        };
    }
}
