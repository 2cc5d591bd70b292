using static WebhookKit.DeliveryStatus;
using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>All answers are right with a hundred thousand rows too, where a store may take other ways. No time is measured.</summary>
internal static class ScaleCases
{
    private const string Group = "scale";
    private const string Long = "long";
    private const int LongCount = 100_000;
    private const int LaneCount = 10_000;
    private const int StepSize = 5_000;

    public static IReadOnlyList<StoreContractCase> All { get; } = [StoreContractCase.Of(Group, Store_ManyRows_GivesRightAnswers)];

    private static async Task Store_ManyRows_GivesRightAnswers(StoreDriver d)
    {
        // Due the other way round than stored, so that one order cannot be taken for the other.
        for (var i = 0; i < LongCount; i += StepSize)
            await d.PublishAsync([.. Enumerable.Range(i, StepSize).Select(n => d.Write(Event($"long-{n}"), d.Delivery($"long-{n}", Long, dueIn: LongCount - n)))]);
        for (var i = 0; i < LaneCount; i += StepSize)
            await d.PublishAsync([.. Enumerable.Range(i, StepSize).Select(n => d.Write(Event($"one-{n}"), d.Delivery($"one-{n}", $"s{n}", dueIn: n)))]);

        await ExpectReadsAsync(d);
        await ExpectDueLanesAsync(d);
        await ExpectNewestPagesAsync(d);
        await SettleAndPurgeAsync(d);
    }

    private static async Task ExpectReadsAsync(StoreDriver d)
    {
        var lists = await d.Store.ReadAsync([new LaneRead(Long, 16, false), .. Enumerable.Range(0, 199).Select(i => new LaneRead($"s{i * 50}", 16, false))], default);

        Expect.Sequence(Enumerable.Range(1, 16).Select(i => $"long-{LongCount - i}"), lists[0].Select(p => p.Event.Id));
        Expect.Sequence(Enumerable.Range(0, 199).Select(i => $"one-{i * 50}"), lists.Skip(1).Select(l => l.Single().Event.Id));
        Expect.Equal("long-0,long-1,long-2", await d.ReadAsync(Long, 3, inSequence: true));
    }

    private static async Task ExpectDueLanesAsync(StoreDriver d)
    {
        var due = await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(LaneCount / 2), default);

        Expect.Items(
            Enumerable.Range(0, (LaneCount / 2) + 1).Select(n => new LaneDue($"s{n}", d.In(n))).Append(new LaneDue(Long, d.In(1))),
            due);
    }

    private static async Task ExpectNewestPagesAsync(StoreDriver d)
    {
        var first = await d.Store.ListDeliveriesAsync(new DeliveryQuery { Limit = 100 }, default);
        var second = await d.Store.ListDeliveriesAsync(new DeliveryQuery { Limit = 100, After = first.Next }, default);
        Expect.Sequence(Enumerable.Range(1, 200).Select(i => $"one-{LaneCount - i}"), first.Items.Concat(second.Items).Select(i => i.EventId));

        var ofLane = await d.Store.ListDeliveriesAsync(new DeliveryQuery { SubscriptionId = Long, Limit = 100 }, default);
        Expect.Sequence(Enumerable.Range(1, 100).Select(i => $"long-{LongCount - i}"), ofLane.Items.Select(i => i.EventId));
        Expect.Equal("long-777", await d.ListAsync(new DeliveryQuery { EventId = "long-777" }));
        Expect.Equal("one-777", await d.ListAsync(new DeliveryQuery { SubscriptionId = "s777" }));
    }

    private static async Task SettleAndPurgeAsync(StoreDriver d)
    {
        var head = (await d.Store.ReadAsync([new LaneRead(Long, 256, false)], default))[0].Select(p => p.Delivery).ToArray();
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(await d.AttemptedAsync(Succeeded, head)));
        var heads = await d.Store.ReadAsync([.. Enumerable.Range(0, 256).Select(i => new LaneRead($"s{i}", 1, false))], default);
        var single = new Settlement[256];
        for (var i = 0; i < single.Length; i++) single[i] = await d.AttemptedAsync(Succeeded, heads[i][0].Delivery);
        Expect.True((await d.Store.SettleAsync(single, default)).All(r => r == SettleResult.Applied), "256 settlements in one call");
        Expect.Equal($"long-{LongCount - 257}", await d.ReadAsync(Long, 1));

        d.Pass();
        var query = new PurgeQuery { SucceededBefore = d.Now, FailedBefore = d.Now, AttemptsBefore = d.Now, EventsBefore = d.Now, Limit = 200 };
        for (var steps = 0; await d.Store.PurgeAsync(query, default) >= query.Limit; steps++) Expect.True(steps < 1000, "purging comes to an end");

        Expect.Equal("", await d.ListAsync(new DeliveryQuery { Status = Succeeded }));
        Expect.Null(await d.Store.GetEventAsync(null, "one-0", default));
        Expect.Null(await d.Store.GetEventAsync(null, $"long-{LongCount - 1}", default));
        Expect.Equal("one-256", await d.ReadAsync("s256"));
        Expect.Equal(LaneCount - 256 + 1, (await d.Store.ListDueLanesAsync(d.AllPartitions, DateTimeOffset.MaxValue, default)).Count);
    }
}
