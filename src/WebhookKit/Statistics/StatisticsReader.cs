using WebhookKit.Dispatching;

namespace WebhookKit.Statistics;

/// <summary>Reads the statistics: few rows whatever the range, since long steps are read from long rows.</summary>
internal sealed class StatisticsReader(EngineStart start, IDeliveryStatistics store) : IWebhookStatistics
{
    private const int MaxSteps = 1000;
    private const int MaxIds = 1000;
    private const double Median = 0.5;
    private const double Slow = 0.95;
    private static readonly TimeSpan MaxRange = TimeSpan.FromDays(366);

    /// <summary>The longest range of which hours are read for each of many subscriptions.</summary>
    private static readonly TimeSpan MaxHours = TimeSpan.FromHours(48);

    public async ValueTask<WebhookStatistics> GetAsync(StatisticsQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        List<WebhookFieldError> faults = [.. FindRangeFaults(query.From, query.To)];
        if (FindStepFault(query, isRangeSound: faults.Count == 0) is { } stepFault) faults.Add(new(nameof(query.Step), stepFault));
        ThrowIfAny(faults);
        await start.EnsureAsync(cancellationToken);
        var (from, to) = (StatisticsSpans.Floor(query.From, query.Step), StatisticsSpans.Ceiling(query.To, query.Step));
        var range = new StatisticsRange(query.TenantId, StatisticsSpans.For(query.Step), from, to);
        var rows = await store.ReadStatisticsAsync(range, query.SubscriptionId, cancellationToken);

        // They come by time: each step takes those that lie in it.
        var total = Empty(range);
        List<StatisticsStep> steps = [];
        var next = 0;
        for (var at = from; at < to; at += query.Step)
        {
            var sum = Empty(range);
            for (; next < rows.Count && rows[next].At < at + query.Step; next++) sum = sum.Plus(rows[next]);
            total = total.Plus(sum);
            steps.Add(new StatisticsStep(at, ToTotals(sum)));
        }

        return new WebhookStatistics(from, to, query.Step, steps, ToTotals(total));
    }

    public async ValueTask<IReadOnlyList<SubscriptionStatistics>> ListAsync(SubscriptionStatisticsQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        List<WebhookFieldError> faults = [.. FindRangeFaults(query.From, query.To)];
        var ids = query.SubscriptionIds?.Distinct(StringComparer.Ordinal).ToArray();
        if (ids?.Length > MaxIds) faults.Add(new(nameof(query.SubscriptionIds), $"There are {ids.Length} subscriptions. Use {MaxIds:N0} at most."));
        ThrowIfAny(faults);
        await start.EnsureAsync(cancellationToken);
        var span = query.To - query.From <= MaxHours ? StatisticsSpans.Hour : StatisticsSpans.Day;
        var range = new StatisticsRange(query.TenantId, span, StatisticsSpans.Floor(query.From, span), StatisticsSpans.Ceiling(query.To, span));
        var sums = await store.SumStatisticsAsync(range, ids, cancellationToken);
        return [.. sums.Select(sum => new SubscriptionStatistics(sum.SubscriptionId!, ToTotals(sum)))];
    }

    private static IEnumerable<WebhookFieldError> FindRangeFaults(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from) yield return new(nameof(StatisticsQuery.To), $"The range ends at {to:O} and begins at {from:O}. Let it end after its beginning.");
        else if (to - from > MaxRange) yield return new(nameof(StatisticsQuery.From), $"The range is {(to - from).TotalDays:0} days long. Use {MaxRange.TotalDays:0} at most.");
    }

    private static string? FindStepFault(StatisticsQuery query, bool isRangeSound)
    {
        if (query.Step < StatisticsSpans.Shortest || query.Step > MaxRange || query.Step.Ticks % StatisticsSpans.Shortest.Ticks != 0)
            return $"The step of {query.Step.TotalSeconds:0.###} seconds is refused. Use a multiple of {StatisticsSpans.Shortest.TotalSeconds:0} seconds, up to {MaxRange.TotalDays:0} days.";
        return isRangeSound && (query.To - query.From) / query.Step > MaxSteps
            ? $"The range has more than {MaxSteps:N0} steps. Use longer steps, or a shorter range."
            : null;
    }

    private static void ThrowIfAny(List<WebhookFieldError> faults)
    {
        if (faults.Count > 0) throw new WebhookValidationException(faults);
    }

    private static DeliveryCounts Empty(StatisticsRange range) => new() { Span = range.Span, At = range.From };

    private static DeliveryTotals ToTotals(DeliveryCounts sum) => new()
    {
        Delivered = sum.Delivered,
        FailedAttempts = sum.FailedAttempts,
        GaveUp = sum.GaveUp,
        LastAttemptAt = sum.LastAttemptAt,
        Latency = LatencyScale.FindPercentile(sum.Latencies, sum.MaxLatency, Median) is { } half
            ? new LatencySummary(half, LatencyScale.FindPercentile(sum.Latencies, sum.MaxLatency, Slow)!.Value, sum.MaxLatency)
            : null,
    };
}
