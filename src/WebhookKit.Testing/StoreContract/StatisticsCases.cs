using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>Counts are added up, by tenant, subscription, span and time, and read again.</summary>
internal static class StatisticsCases
{
    private const string Group = "statistics";
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, AddStatistics_OneRow_ComesBackWhole),
        StoreContractCase.Of(Group, AddStatistics_SameKey_AddsUp),
        StoreContractCase.Of(Group, AddStatistics_OtherKeys_AreOtherRows),
        StoreContractCase.Of(Group, AddStatistics_LargeNumbers_LoseNothing),
        StoreContractCase.Of(Group, AddStatistics_ManyAtOnce_LosesNone),
        StoreContractCase.Of(Group, AddStatistics_Nothing_DoesNothing),
        StoreContractCase.Of(Group, ReadStatistics_Range_HasItsBeginningAndNotItsEnd),
        StoreContractCase.Of(Group, SumStatistics_SomeSubscriptions_AddsUpEach),
        StoreContractCase.Of(Group, SumStatistics_WholeTenant_HasThoseThatItHasNow),
        StoreContractCase.Of(Group, PurgeStatistics_Old_GoStepByStep),
    ];

    private static async Task AddStatistics_OneRow_ComesBackWhole(StoreDriver d)
    {
        var row = Row(d, delivered: 1, failed: 2, gaveUp: 3, lastAttemptIn: 1.0000001, max: 1234567, latencies: [(0, 1), (5, 200), (23, 70_000)]);
        await AddAsync(d, row);

        Expect.Same(row, (await ReadAsync(d, Sub)).Single());
        Expect.Same(row, (await SumAsync(d, [Sub])).Single());
        var none = Row(d, sub: "none", gaveUp: 1);
        await AddAsync(d, none);
        Expect.Same(none, (await ReadAsync(d, "none")).Single());
    }

    private static async Task AddStatistics_SameKey_AddsUp(StoreDriver d)
    {
        DeliveryCounts[] rows =
        [
            Row(d, delivered: 1, lastAttemptIn: 5, max: 70, latencies: [(3, 1), (4, 2)]),
            Row(d, gaveUp: 4),
            Row(d, delivered: 10, failed: 1, lastAttemptIn: 3, max: 90, latencies: [(4, 1), (22, 9)]),
        ];
        foreach (var row in rows) await AddAsync(d, row);

        Expect.Same(rows[0].Plus(rows[1]).Plus(rows[2]), (await ReadAsync(d, Sub)).Single());
    }

    private static async Task AddStatistics_OtherKeys_AreOtherRows(StoreDriver d)
    {
        DeliveryCounts[] rows =
        [
            Row(d, delivered: 1),
            Row(d, delivered: 2) with { TenantId = "t" },
            Row(d, delivered: 3) with { SubscriptionId = null },
            Row(d, delivered: 4) with { SubscriptionId = "other" },
            Row(d, delivered: 5) with { Span = Span * 12 },
            Row(d, delivered: 6) with { At = d.Now + Span },
        ];
        await AddAsync(d, rows);

        Expect.Sequence([1, 6], (await ReadAsync(d, Sub)).Select(r => r.Delivered));
        Expect.Sequence([3], (await ReadAsync(d, null)).Select(r => r.Delivered));
        Expect.Sequence([4], (await ReadAsync(d, "other")).Select(r => r.Delivered));
        Expect.Sequence([2], (await d.Store.ReadStatisticsAsync(Range(d, "t"), Sub, default)).Select(r => r.Delivered));
        Expect.Sequence([5], (await d.Store.ReadStatisticsAsync(Range(d) with { Span = Span * 12 }, Sub, default)).Select(r => r.Delivered));
    }

    private static async Task AddStatistics_LargeNumbers_LoseNothing(StoreDriver d)
    {
        const long many = 5_000_000_000_000;
        var row = Row(d, delivered: many, failed: many, gaveUp: many, max: TimeSpan.FromMinutes(5).Ticks, latencies: [(0, many), (23, many)]);
        await AddAsync(d, row);
        await AddAsync(d, row);

        Expect.Same(row.Plus(row), (await SumAsync(d, [Sub])).Single());
    }

    private static async Task AddStatistics_ManyAtOnce_LosesNone(StoreDriver d)
    {
        const int nodes = 6, each = 20;
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(node => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                // Each begins with another row.
                DeliveryCounts[] rows = [.. Enumerable.Range(0, 5).Select(n => Row(d, sub: $"s{(n + node) % 5}", delivered: 1, latencies: [(node, 1)]))];
                await AddAsync(d, rows);
            }
        })));

        var sums = await SumAsync(d, ["s0", "s1", "s2", "s3", "s4"]);
        Expect.Items(Enumerable.Repeat<long>(nodes * each, 5), sums.Select(s => s.Delivered));
        foreach (var sum in sums) Expect.Sequence(Enumerable.Repeat<long>(each, nodes), sum.Latencies.Take(nodes));
    }

    private static async Task AddStatistics_Nothing_DoesNothing(StoreDriver d)
    {
        await AddAsync(d);
        Expect.Equal(0, (await ReadAsync(d, Sub)).Count);
        Expect.Equal(0, (await SumAsync(d, [])).Count);
        Expect.Equal(0, (await SumAsync(d, null)).Count);
    }

    private static async Task ReadStatistics_Range_HasItsBeginningAndNotItsEnd(StoreDriver d)
    {
        for (var i = 4; i >= 0; i--) await AddAsync(d, Row(d, delivered: i) with { At = d.Now + (Span * i) });
        var range = Range(d) with { From = d.Now + Span, To = d.Now + (Span * 3) };

        Expect.Sequence([1, 2], (await d.Store.ReadStatisticsAsync(range, Sub, default)).Select(r => r.Delivered));
        Expect.Sequence([3], (await d.Store.SumStatisticsAsync(range, [Sub], default)).Select(r => r.Delivered));
        Expect.Sequence(
            [0, 1, 2, 3, 4], (await d.Store.ReadStatisticsAsync(range with { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue }, Sub, default)).Select(r => r.Delivered));
        Expect.Equal(0, (await d.Store.ReadStatisticsAsync(range with { To = range.From }, Sub, default)).Count);
    }

    private static async Task SumStatistics_SomeSubscriptions_AddsUpEach(StoreDriver d)
    {
        foreach (var sub in (string[])["a", "b", "c"])
        {
            await AddAsync(d, Row(d, sub: sub, delivered: 1, lastAttemptIn: 2, max: 5, latencies: [(1, 1)]));
            await AddAsync(d, Row(d, sub: sub, failed: 1, lastAttemptIn: 1, max: 3, latencies: [(2, 1)]) with { At = d.Now + Span });
        }

        var sums = await SumAsync(d, ["c", "a", "nobody"]);
        Expect.AllSame(
            [
                Row(d, sub: "a", delivered: 1, failed: 1, lastAttemptIn: 2, max: 5, latencies: [(1, 1), (2, 1)]),
                Row(d, sub: "c", delivered: 1, failed: 1, lastAttemptIn: 2, max: 5, latencies: [(1, 1), (2, 1)]),
            ],
            [.. sums.OrderBy(s => s.SubscriptionId, StringComparer.Ordinal)]);
    }

    private static async Task SumStatistics_WholeTenant_HasThoseThatItHasNow(StoreDriver d)
    {
        foreach (var sub in (string[])["a", "b", "gone", "idle"]) await d.AddSubscriptionAsync(sub, "t");
        await d.AddSubscriptionAsync("other");
        foreach (var sub in (string[])["a", "b", "gone", "never"]) await AddAsync(d, Row(d, sub: sub, delivered: 1) with { TenantId = "t" });
        await AddAsync(d, Row(d, sub: "other", delivered: 1), Row(d, delivered: 3) with { TenantId = "t", SubscriptionId = null });
        await d.Store.DeleteSubscriptionAsync("gone", d.Now, default);

        Expect.Items(["a", "b"], (await d.Store.SumStatisticsAsync(Range(d, "t"), null, default)).Select(s => s.SubscriptionId!));
        Expect.Items(["other"], (await SumAsync(d, null)).Select(s => s.SubscriptionId!));
    }

    private static async Task PurgeStatistics_Old_GoStepByStep(StoreDriver d)
    {
        await AddAsync(d, [.. Enumerable.Range(0, 10).Select(i => Row(d, sub: $"s{i % 2}", delivered: i) with { At = d.Now + (Span * i) })]);
        var query = new PurgeQuery
        {
            SucceededBefore = DateTimeOffset.MinValue,
            FailedBefore = DateTimeOffset.MinValue,
            AttemptsBefore = DateTimeOffset.MinValue,
            EventsBefore = DateTimeOffset.MinValue,
            Limit = 3,
        };
        Expect.Equal(0, await d.Store.PurgeAsync(query, default), "what is purged of statistics unless it is asked for");

        query = query with { StatisticsBefore = d.Now + (Span * 7) };
        var removed = new List<int>();
        do removed.Add(await d.Store.PurgeAsync(query, default));
        while (removed[^1] >= query.Limit);

        Expect.Sequence([3, 3, 1], removed);
        Expect.Sequence([8], (await ReadAsync(d, "s0")).Select(r => r.Delivered));
        Expect.Sequence([7, 9], (await ReadAsync(d, "s1")).Select(r => r.Delivered));
    }

    /// <summary>A row that begins now.</summary>
    private static DeliveryCounts Row(
        StoreDriver d, string sub = Sub, long delivered = 0, long failed = 0, long gaveUp = 0, double? lastAttemptIn = null, long max = 0, (int Class, long Count)[]? latencies = null)
    {
        var counters = new long[latencies is null ? 0 : LatencyScale.Count];
        foreach (var (latency, count) in latencies ?? []) counters[latency] = count;
        return new DeliveryCounts
        {
            SubscriptionId = sub,
            Span = Span,
            At = d.Now,
            Delivered = delivered,
            FailedAttempts = failed,
            GaveUp = gaveUp,
            LastAttemptAt = lastAttemptIn is { } seconds ? d.In(seconds) : null,
            Latencies = counters,
            MaxLatency = TimeSpan.FromTicks(max),
        };
    }

    private static StatisticsRange Range(StoreDriver d, string? tenant = null) => new(tenant, Span, d.Now, d.Now.AddDays(1));

    private static async Task AddAsync(StoreDriver d, params DeliveryCounts[] rows) => await d.Store.AddStatisticsAsync(rows, default);

    private static async Task<IReadOnlyList<DeliveryCounts>> ReadAsync(StoreDriver d, string? sub) => await d.Store.ReadStatisticsAsync(Range(d), sub, default);

    private static async Task<IReadOnlyList<DeliveryCounts>> SumAsync(StoreDriver d, string[]? subs) => await d.Store.SumStatisticsAsync(Range(d), subs, default);
}
