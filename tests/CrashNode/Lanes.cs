using System.Globalization;
using WebhookKit;

namespace CrashNode;

/// <summary>The subscriptions: one for each way in which deliveries can wait for one another, and some of each where many processes share them.</summary>
internal static class Lanes
{
    public static readonly WebhookProfile Profile = WebhookProfiles.StandardWebhooks with
    {
        Name = "crash",
        Retry = new RetrySchedule(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)) { RepeatLast = true },
        Disable = new DisableRule { FailingFor = null },
    };

    public static IEnumerable<NewWebhookSubscription> All(NodeOptions node)
    {
        foreach (var kind in Kinds(node.HasLimits))
        {
            var subscription = kind with { Url = new Uri(node.Receiver, kind.Id), EventTypes = ["order.*"], Profile = Profile.Name };
            if (node.Copies == 0) yield return subscription;
            for (var copy = 1; copy <= node.Copies; copy++)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{kind.Id}-{copy}");
                yield return subscription with { Id = id, Url = new Uri(node.Receiver, id) };
            }
        }
    }

    private static IEnumerable<NewWebhookSubscription> Kinds(bool hasLimits)
    {
        var any = new NewWebhookSubscription { Url = null!, EventTypes = [] };
        yield return any with { Id = "free" };
        yield return any with { Id = "batch", Batching = new BatchingOptions { MaxEvents = 20, MaxDelay = TimeSpan.FromMilliseconds(20) } };
        yield return any with { Id = "strict", Order = DeliveryOrder.Strict };
        yield return any with { Id = "keyed", Order = DeliveryOrder.PerKey };
        if (!hasLimits) yield break;
        yield return any with { Id = "few", MaxConcurrency = 3 };
        yield return any with { Id = "rate", RateLimit = new RateLimit(60, TimeSpan.FromSeconds(4)) };
    }
}
