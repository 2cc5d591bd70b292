using WebhookKit.Diagnostics;

namespace WebhookKit.Dispatching;

/// <summary>Measures what is pending, while anybody looks at it.</summary>
internal sealed class DepthSampler(IDeliveryQueue queue, OwnedPartitions owned, LaneTable lanes, WebhookMetrics metrics)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        metrics.BreakersCounted(lanes.All.Count(l => l.IsBreakerOpen));
        if (metrics.WantsDepth) metrics.Sampled(await queue.MeasureAsync(owned.All, cancellationToken));
    }
}
