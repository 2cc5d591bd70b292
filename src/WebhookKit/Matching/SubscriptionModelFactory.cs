using WebhookKit.Diagnostics;
using WebhookKit.Profiles;

namespace WebhookKit.Matching;

/// <summary>Makes the checked snapshot of a subscription, with every default filled in.</summary>
internal sealed class SubscriptionModelFactory(ProfileRegistry profiles, IDeliveryQueue queue, WebhookOptions options, SafeLogger<SubscriptionModelFactory> logger)
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
            Batching = subscription.Batching is { } batching && CanBatch(profile, subscription) ? batching : null,
        };
    }

    /// <summary>A host's format that throws for one subscription must not keep the others from theirs: its events go one by one.</summary>
    private bool CanBatch(WebhookProfile profile, WebhookSubscription subscription)
    {
        try
        {
            return profile.Format.CanBatch(subscription);
        }
        catch (Exception cause)
        {
            Log.CanBatchFailed(logger, profile.Name, subscription.Id, cause);
            return false;
        }
    }
}
