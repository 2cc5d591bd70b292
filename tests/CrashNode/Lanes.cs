using WebhookKit;

namespace CrashNode;

/// <summary>The subscriptions: one for each way in which deliveries can wait for one another.</summary>
internal static class Lanes
{
    public static readonly WebhookProfile Profile = WebhookProfiles.StandardWebhooks with
    {
        Name = "crash",
        Retry = new RetrySchedule(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)) { RepeatLast = true },
        Disable = new DisableRule { FailingFor = null },
    };

    /// <summary>All of them. The path says which process sent a request.</summary>
    public static IEnumerable<NewWebhookSubscription> All(Uri receiver, string run)
    {
        yield return Create(receiver, run, "free");
        yield return Create(receiver, run, "batch") with { Batching = new BatchingOptions { MaxEvents = 20, MaxDelay = TimeSpan.FromMilliseconds(20) } };
        yield return Create(receiver, run, "strict") with { Order = DeliveryOrder.Strict };
        yield return Create(receiver, run, "keyed") with { Order = DeliveryOrder.PerKey };
    }

    private static NewWebhookSubscription Create(Uri receiver, string run, string id) => new()
    {
        Id = id,
        Url = new Uri(receiver, $"{run}/{id}"),
        EventTypes = ["order.*"],
        Profile = Profile.Name,
    };
}
