using NUnit.Framework;

namespace WebhookKit.Tests.Storage;

/// <summary>Deliveries that were published together, and so are one row: nobody sees a difference.</summary>
internal abstract class RunTests
{
    protected const string Lane = "lane";

    private const string Node = "node";

    protected static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    private readonly List<IWebhookStore> _stores = [];

    [TearDown]
    public async Task CloseStoresAsync()
    {
        foreach (var store in _stores)
        {
            if (store is IAsyncDisposable own) await own.DisposeAsync();
            else ((IDisposable)store).Dispose();
        }
    }

    [Test]
    public async Task PublishAsync_ManyToOneSubscription_AreRunsAndComeBackInOrder()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 1_200);

        Assert.That(await CountAsync("webhook_delivery"), Is.Zero);
        Assert.That(await CountAsync("webhook_run"), Is.EqualTo(3));
        var read = (await store.ReadAsync([new LaneRead(Lane, 2_000, InSequence: false)], default))[0];
        Assert.That(read.Select(p => p.Delivery), Is.EqualTo(deliveries));
        Assert.That(read.Select(p => p.Event.Id), Is.EqualTo(deliveries.Select(d => d.EventId)));
        Assert.That((await store.MeasureAsync([PartitionOf(store)], default)).Pending, Is.EqualTo(1_200));
    }

    [Test]
    public async Task PublishAsync_ThreeToOneSubscription_AreRows()
    {
        var store = await StartAsync();
        await PublishAsync(store, 3);

        Assert.That(await CountAsync("webhook_delivery"), Is.EqualTo(3));
        Assert.That(await CountAsync("webhook_run"), Is.Zero);
    }

    /// <summary>They would become rows as soon as they are read.</summary>
    [Test]
    public async Task PublishAsync_LaneThatIsReadInSequence_AreRows()
    {
        var store = await StartAsync();
        var first = await PublishAsync(store, 20);
        Assert.That((await store.ReadAsync([new LaneRead(Lane, 3, InSequence: true)], default))[0].Select(p => p.Delivery), Is.EqualTo(first.Take(3)));
        var second = await PublishAsync(store, 20, from: 20);

        Assert.That(await CountAsync("webhook_delivery"), Is.EqualTo(40));
        Assert.That(await CountAsync("webhook_run"), Is.Zero);
        Assert.That((await store.ReadAsync([new LaneRead(Lane, 99, InSequence: true)], default))[0].Select(p => p.Delivery), Is.EqualTo(first.Concat(second)));
    }

    [Test]
    public async Task PublishAsync_OneOfThemKnown_StoresTheOthers()
    {
        var store = await StartAsync();
        var first = await PublishAsync(store, 1);
        var writes = Writes(9, from: 0);

        var results = await store.PublishAsync(writes, null, default);

        Assert.That(results.Select(r => r.Status), Is.EqualTo([EventWriteStatus.Duplicate, .. Enumerable.Repeat(EventWriteStatus.Stored, 8)]));
        Assert.That(await ReadIdsAsync(store), Is.EqualTo([first[0].Id, .. writes.Skip(1).Select(w => w.Deliveries[0].Id)]));
    }

    [Test]
    public async Task PublishAsync_SomeNotPlain_TheseAreRows()
    {
        var store = await StartAsync();
        var writes = Writes(8);
        writes[2] = Change(writes[2], d => d with { ExpiresAt = Now.AddHours(1) });
        writes[5] = Change(writes[5], d => d with { DueAt = Now.AddHours(1) });

        await store.PublishAsync(writes, null, default);

        Assert.That(await CountAsync("webhook_delivery"), Is.EqualTo(2));
        var read = (await store.ReadAsync([new LaneRead(Lane, 100, InSequence: false)], default))[0].Select(p => p.Delivery).ToList();
        Assert.That(read, Is.EquivalentTo(writes.Select(w => w.Deliveries[0])));
        Assert.That(read, Is.Ordered.By(nameof(WebhookDelivery.DueAt)));
        Assert.That(
            (await store.ReadAsync([new LaneRead(Lane, 100, InSequence: true)], default))[0].Select(p => p.Delivery), Is.EqualTo(writes.Select(w => w.Deliveries[0])));
    }

    /// <summary>Also a process that has just started, and knows nothing of what others have published.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task SettleAsync_Succeeded_IsSeenAsItWasSettled(bool sameProcess)
    {
        var publisher = await StartAsync();
        var deliveries = await PublishAsync(publisher, 10);
        var store = sameProcess ? publisher : await StartAsync();
        var settlements = deliveries.Take(6).Select((d, i) => Succeed(store, d, body: i == 3 ? null : $"Ünïcode {i}")).ToArray();

        Assert.That(await store.SettleAsync(settlements, default), Is.All.EqualTo(SettleResult.Applied));

        for (var i = 0; i < 6; i++)
        {
            Assert.That(await store.GetDeliveryAsync(deliveries[i].Id, default), Is.EqualTo(settlements[i].Deliveries[0]));
            Assert.That(await store.GetAttemptsAsync(deliveries[i].Id, default), Is.EqualTo([settlements[i].Attempt! with { Number = 1 }]));
        }

        Assert.That(await ReadIdsAsync(store), Is.EqualTo(deliveries.Skip(6).Select(d => d.Id)));
        Assert.That(await store.SettleAsync(settlements, default), Is.All.EqualTo(SettleResult.Superseded), "for a second time");
        Assert.That(await store.GetDeliveryAsync(deliveries[9].Id, default), Is.EqualTo(deliveries[9]));
        Assert.That(await store.GetAttemptsAsync(deliveries[9].Id, default), Is.Empty);
    }

    [Test]
    public async Task SettleAsync_Batch_TellsOfTheBatch()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 8);
        var settlement = Batch(store, deliveries[..5]);

        Assert.That(await store.SettleAsync([settlement], default), Is.EqualTo([SettleResult.Applied]));

        Assert.That(await CountAsync("webhook_delivery"), Is.Zero);
        Assert.That(await store.GetDeliveryAsync(deliveries[4].Id, default), Is.EqualTo(settlement.Deliveries[4]));
        Assert.That(await store.GetAttemptsAsync(deliveries[4].Id, default), Is.EqualTo([settlement.Attempt! with { Number = 1 }]));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task SettleAsync_Failed_MovesToARowAndIsTriedAgain(bool sameProcess)
    {
        var publisher = await StartAsync();
        var deliveries = await PublishAsync(publisher, 6);
        var store = sameProcess ? publisher : await StartAsync();
        var failed = Fail(store, deliveries[2]);

        Assert.That(await store.SettleAsync([Succeed(store, deliveries[1]), failed], default), Is.All.EqualTo(SettleResult.Applied));

        Assert.That(await CountAsync("webhook_delivery WHERE status = 0 AND attempt_count = 1"), Is.EqualTo(1));
        Assert.That(await store.GetDeliveryAsync(deliveries[2].Id, default), Is.EqualTo(failed.Deliveries[0]));
        Assert.That(
            await ReadIdsAsync(store), Is.EqualTo([deliveries[0].Id, deliveries[3].Id, deliveries[4].Id, deliveries[5].Id, deliveries[2].Id]), "by due time");
        var again = Succeed(store, failed.Deliveries[0]);
        Assert.That(await store.SettleAsync([again], default), Is.EqualTo([SettleResult.Applied]));
        Assert.That(await store.GetAttemptsAsync(deliveries[2].Id, default), Has.Count.EqualTo(2));
    }

    /// <summary>A node that stood still past its lease.</summary>
    [Test]
    public async Task SettleAsync_FencedOff_ChangesNothing()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 5);
        var settlements = deliveries.Select(d => Succeed(store, d)).ToArray();
        await store.LeaveAsync(Node, default);
        await TakeAllAsync(store, "other");

        Assert.That(await store.SettleAsync(settlements, default), Is.All.EqualTo(SettleResult.Fenced));

        Assert.That(await ReadIdsAsync(store), Is.EqualTo(deliveries.Select(d => d.Id)));
    }

    /// <summary>What has been canceled meanwhile stays so, and the others of the run are settled.</summary>
    [Test]
    public async Task SettleAsync_OneCanceledMeanwhile_AppliesToTheOthers()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 5);
        var other = await StartAsync();
        var canceled = await other.CancelAsync(deliveries[2].Id, Now.AddMinutes(1), default);
        Assert.That(canceled, Is.EqualTo(deliveries[2] with { Status = DeliveryStatus.Canceled, CompletedAt = Now.AddMinutes(1) }));

        var results = await store.SettleAsync([.. deliveries.Select(d => Succeed(store, d))], default);

        Assert.That(results, Is.EqualTo([SettleResult.Applied, SettleResult.Applied, SettleResult.Superseded, SettleResult.Applied, SettleResult.Applied]));
        Assert.That(await store.GetDeliveryAsync(deliveries[2].Id, default), Is.EqualTo(canceled));
        Assert.That(await ReadIdsAsync(store), Is.Empty);
    }

    /// <summary>Who published them still takes them for members of the run: they counted as superseded, and were sent again.</summary>
    [Test]
    public async Task SettleAsync_MovedByAnotherProcessThatReadInSequence_Applies()
    {
        var publisher = await StartAsync();
        var deliveries = await PublishAsync(publisher, 6);
        var reader = await StartAsync();
        Assert.That((await reader.ReadAsync([new LaneRead(Lane, 9, InSequence: true)], default))[0], Has.Count.EqualTo(6));
        var batch = Batch(publisher, [.. deliveries.Skip(1)]);

        Assert.That(await publisher.SettleAsync([Succeed(publisher, deliveries[0]), batch], default), Is.All.EqualTo(SettleResult.Applied));

        Assert.That(await ReadIdsAsync(reader), Is.Empty);
        Assert.That(await publisher.GetAttemptsAsync(deliveries[3].Id, default), Is.EqualTo([batch.Attempt! with { Number = 1 }]));
        Assert.That(await publisher.SettleAsync([batch], default), Is.EqualTo([SettleResult.Superseded]), "for a second time");
    }

    [TestCase(null)]
    [TestCase(DeliveryStatus.Succeeded)]
    [TestCase(DeliveryStatus.Pending)]
    public async Task ListDeliveriesAsync_RunsAndRows_ArePagedNewestFirst(DeliveryStatus? status)
    {
        var store = await StartAsync();
        List<WebhookDelivery> all = [.. await PublishAsync(store, 30), .. await PublishAsync(store, 2, from: 30), .. await PublishAsync(store, 9, from: 32)];
        for (var i = 0; i < all.Count; i += 3)
        {
            var settlement = i % 2 == 0 ? Succeed(store, all[i]) : Fail(store, all[i]);
            await store.SettleAsync([settlement], default);
            all[i] = settlement.Deliveries[0];
        }

        var expected = all.AsEnumerable().Reverse().Where(d => status is null || d.Status == status).ToArray();

        Assert.That(await ListAsync(store, new DeliveryQuery { Status = status, Limit = 7 }), Is.EqualTo(expected));
        Assert.That(await ListAsync(store, new DeliveryQuery { Status = status, Limit = 7, AllTenants = true }), Is.EqualTo(expected));
        Assert.That(await ListAsync(store, new DeliveryQuery { Status = status, Limit = 7, SubscriptionId = Lane }), Is.EqualTo(expected));
        Assert.That(await ListAsync(store, new DeliveryQuery { Status = status, Limit = 1_000, EventType = "a.b" }), Is.EqualTo(expected));
        Assert.That(await ListAsync(store, new DeliveryQuery { Status = status, TenantId = "another", Limit = 7 }), Is.Empty);
        Assert.That(await ListAsync(store, new DeliveryQuery { EventId = all[4].EventId, Limit = 7 }), Is.EqualTo([all[4]]));
        Assert.That(await ListAsync(store, new DeliveryQuery { From = Now.AddMilliseconds(10), To = Now.AddMilliseconds(20), Limit = 7 }), Is.EqualTo(all[10..20].AsEnumerable().Reverse()));
    }

    /// <summary>A call looks at so many: the pages are shorter then, and nothing is left out.</summary>
    [Test]
    public async Task ListDeliveriesAsync_FewSteps_ListsAllTheSame()
    {
        var store = await StartAsync(maxListSteps: 20);
        var all = await PublishAsync(store, 100);
        var succeeded = Succeed(store, all[3]);
        await store.SettleAsync([succeeded], default);

        Assert.That(await ListAsync(store, new DeliveryQuery { Status = DeliveryStatus.Succeeded, Limit = 5 }), Is.EqualTo([succeeded.Deliveries[0]]));
        Assert.That(await ListAsync(store, new DeliveryQuery { Status = DeliveryStatus.Succeeded, Limit = 5, SubscriptionId = Lane }), Is.EqualTo([succeeded.Deliveries[0]]));
        Assert.That(await ListAsync(store, new DeliveryQuery { Limit = 5 }), Has.Count.EqualTo(100));
    }

    [Test]
    public async Task DeleteSubscriptionAsync_Runs_CancelsWhatIsPending()
    {
        var store = await StartAsync();
        var subscription = new WebhookSubscription { Id = Lane, Url = new Uri("https://example.com/"), CreatedAt = Now, UpdatedAt = Now };
        Assert.That(await store.AddSubscriptionAsync(subscription, default), Is.Not.Null);
        List<WebhookDelivery> all = [];
        for (var i = 0; i < 12; i++) all.AddRange(await PublishAsync(store, 5, from: i * 5));
        var succeeded = Succeed(store, all[7]);
        await store.SettleAsync([succeeded], default);

        Assert.That(await store.DeleteSubscriptionAsync(Lane, Now.AddHours(1), default), Is.True);

        var left = await ListAsync(store, new DeliveryQuery { SubscriptionId = Lane, Limit = 1_000 });
        Assert.That(left, Has.Count.EqualTo(60));
        Assert.That(left.Where(d => d.Status == DeliveryStatus.Canceled), Has.Exactly(59).Items);
        Assert.That(left, Does.Contain(succeeded.Deliveries[0]));
        Assert.That(await ReadIdsAsync(store), Is.Empty);
    }

    [Test]
    public async Task ListMissedEventsAsync_InARun_IsNotMissedAndIsNotAddedAgain()
    {
        var store = await StartAsync();
        await store.AddSubscriptionAsync(new WebhookSubscription { Id = Lane, Url = new Uri("https://example.com/"), CreatedAt = Now, UpdatedAt = Now }, default);
        var deliveries = await PublishAsync(store, 5);

        Assert.That((await store.ListMissedEventsAsync(null, Lane, Now.AddDays(-1), null, 10, default)).Items, Is.Empty);
        Assert.That(await store.AddDeliveriesAsync([deliveries[1] with { Id = Guid.CreateVersion7() }, deliveries[2]], default), Is.Zero);
        Assert.That(await ReadIdsAsync(store), Is.EqualTo(deliveries.Select(d => d.Id)));
    }

    [Test]
    public async Task PurgeAsync_AllSucceededLongAgo_RemovesRunAndEvents()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 6);
        await store.SettleAsync([.. deliveries.Take(5).Select(d => Succeed(store, d))], default);
        var query = new PurgeQuery { SucceededBefore = Now.AddDays(1), FailedBefore = Now.AddDays(1), AttemptsBefore = Now.AddDays(1), EventsBefore = Now.AddDays(1), Limit = 100 };
        await store.SettleAsync([Fail(store, deliveries[5])], default);

        Assert.That(await store.PurgeAsync(query with { SucceededBefore = Now }, default), Is.Zero, "none is old enough");
        Assert.That(await store.PurgeAsync(query, default), Is.GreaterThanOrEqualTo(5));
        while (await store.PurgeAsync(query, default) > 0)
        {
            // Events go when nothing remembers them any more.
        }

        Assert.That(await CountAsync("webhook_run"), Is.Zero);
        Assert.That(await CountAsync("webhook_event"), Is.EqualTo(1), "what is pending keeps its event");
        Assert.That(await store.GetEventAsync(null, deliveries[5].EventId, default), Is.Not.Null);
    }

    /// <summary>Who purges goes on until less than the limit is gone: a run that did not fit must not end it.</summary>
    [Test]
    public async Task PurgeAsync_RunsThatDoNotDivideTheLimit_RemovesThemAll()
    {
        var store = await StartAsync();
        await DeliverAsync(store, runs: 3, each: 30);

        var query = new PurgeQuery { SucceededBefore = Now.AddDays(1), FailedBefore = Now, AttemptsBefore = Now, EventsBefore = Now.AddDays(-1), Limit = 50 };
        Assert.That(await CountAsync("webhook_run"), Is.EqualTo(3));
        await PurgeAllAsync(store, query);

        Assert.That(await CountAsync("webhook_run"), Is.Zero);
    }

    /// <summary>An event that goes to more than fit into one run.</summary>
    [Test]
    public async Task PublishAsync_OneToVeryMany_IsListedOncePerSubscription()
    {
        var store = await StartAsync();
        var write = Writes(1)[0];
        WebhookDelivery[] deliveries = [.. Enumerable.Range(0, 1_100).Select(i => write.Deliveries[0] with { Id = Guid.CreateVersion7(Now.AddMilliseconds(i * 7 % 1_100)), SubscriptionId = $"sub{i:0000}" })];
        await store.PublishAsync([.. Writes(5, from: 1), write with { Deliveries = [.. deliveries.OrderBy(d => d.Id)] }, .. Writes(5, from: 6)], null, default);
        var succeeded = Succeed(store, deliveries[700]);
        Assert.That(await store.SettleAsync([succeeded], default), Is.EqualTo([SettleResult.Applied]));
        deliveries[700] = succeeded.Deliveries[0];

        Assert.That(await ListAsync(store, new DeliveryQuery { EventId = write.Event.Id, Limit = 90 }), Is.EqualTo(deliveries.Reverse()));
        Assert.That(await ListAsync(store, new DeliveryQuery { Limit = 90 }), Has.Count.EqualTo(1_110));
        Assert.That(await ListAsync(store, new DeliveryQuery { SubscriptionId = "sub0700", Limit = 2 }), Is.EqualTo([deliveries[700]]));
    }

    /// <summary>What is due is found however much is pending, and by whichever process.</summary>
    [Test]
    public async Task ListDueLanesAsync_ManyRuns_FindsAll()
    {
        var publisher = await StartAsync();
        for (var i = 0; i < 80; i++) await PublishAsync(publisher, 4, from: 4 * i);
        var store = await StartAsync();

        for (var round = 0; round < 2; round++)
        {
            Assert.That(await store.ListDueLanesAsync([PartitionOf(store)], Now.AddHours(1), default), Is.EqualTo([new LaneDue(Lane, Now)]));
            Assert.That(await store.ListDueLanesAsync([PartitionOf(store)], Now.AddSeconds(-1), default), Is.Empty);
            Assert.That((await store.MeasureAsync([PartitionOf(store)], default)).Pending, Is.EqualTo(320));
            Assert.That(await ReadIdsAsync(store), Has.Length.EqualTo(320).And.Unique);
        }
    }

    [Test]
    public async Task ReadAsync_AllAtOneTime_ComeAsTheyWerePublished()
    {
        var store = await StartAsync();
        EventWrite[] writes = [.. Writes(200).Select(w => Change(w, d => d with { CreatedAt = Now, DueAt = Now }))];
        await store.PublishAsync(writes, null, default);

        var read = (await store.ReadAsync([new LaneRead(Lane, 60, InSequence: false)], default))[0];

        Assert.That(read.Select(p => p.Event.Id), Is.EqualTo(writes.Take(60).Select(w => w.Event.Id)));
    }

    [Test]
    public async Task ReadAsync_OneLaneTwice_AnswersEach()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 30);
        var held = deliveries.Take(3).Select(d => d.Id).ToHashSet();

        var read = await store.ReadAsync([new LaneRead(Lane, 20, InSequence: false), new LaneRead(Lane, 5, InSequence: false) { Held = held }], default);

        Assert.That(read[0].Select(p => p.Delivery), Is.EqualTo(deliveries.Take(20)));
        Assert.That(read[1].Select(p => p.Delivery), Is.EqualTo(deliveries.Skip(3).Take(5)));
    }

    /// <summary>However runs and rows come while a lane is read in sequence: what is read is never without something that comes before it.</summary>
    [Test]
    public async Task ReadAsync_InSequenceWhileAnotherProcessPublishes_LeavesNothingOut()
    {
        var store = await StartAsync();
        var publisher = await StartAsync();
        const int rounds = 60;
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < rounds; i++)
            {
                await PublishAsync(publisher, 4, from: 5 * i);
                await PublishAsync(publisher, 1, from: (5 * i) + 4);
            }
        });

        for (var count = 0; count < 5 * rounds;)
        {
            var read = (await store.ReadAsync([new LaneRead(Lane, 5 * rounds, InSequence: true)], default))[0];
            Assert.That(read.Select(p => p.Event.Id), Is.EqualTo(Enumerable.Range(0, read.Count).Select(i => $"e{i}")));
            Assert.That(read, Has.Count.GreaterThanOrEqualTo(count));
            count = read.Count;
        }

        await publishing;
    }

    [Test]
    public async Task ReadAsync_WhatIsHeld_IsLeftOut()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 100);
        var held = deliveries.Where((_, i) => i % 3 == 0).Select(d => d.Id).ToHashSet();

        var read = (await store.ReadAsync([new LaneRead(Lane, 40, InSequence: false) { Held = held }], default))[0];

        Assert.That(read.Select(p => p.Delivery), Is.EqualTo(deliveries.Where(d => !held.Contains(d.Id)).Take(40)));
    }

    protected static EventWrite[] Writes(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i =>
    {
        var at = Now.AddMilliseconds(i);
        var delivery = new WebhookDelivery { Id = Guid.CreateVersion7(at), EventId = $"e{i}", EventType = "a.b", SubscriptionId = Lane, CreatedAt = at, DueAt = at };
        return new EventWrite(new WebhookEvent { Id = $"e{i}", Type = "a.b", Data = "{}"u8.ToArray() }, [delivery], null) { PublishedAt = at };
    })];

    private static EventWrite Change(EventWrite write, Func<WebhookDelivery, WebhookDelivery> change) => write with { Deliveries = [change(write.Deliveries[0])] };

    protected static async Task<WebhookDelivery[]> PublishAsync(IWebhookStore store, int count, int from = 0)
    {
        var writes = Writes(count, from);
        Assert.That(await store.PublishAsync(writes, null, default), Is.All.EqualTo(new EventWriteResult(EventWriteStatus.Stored, 1)));
        return [.. writes.Select(w => w.Deliveries[0])];
    }

    private static int PartitionOf(IWebhookStore store) => Partitioner.GetPartition(Lane, store.PartitionCount);

    protected static Settlement Succeed(IWebhookStore store, WebhookDelivery delivery, string? body = null) => Settle(
        store,
        delivery with { Status = DeliveryStatus.Succeeded, CompletedAt = Now.AddMinutes(1), LastOutcome = AttemptOutcome.Succeeded, LastStatusCode = 204 },
        body);

    /// <summary>All sent as one request that succeeded.</summary>
    protected static Settlement Batch(IWebhookStore store, WebhookDelivery[] deliveries)
    {
        var succeeded = Succeed(store, deliveries[0], body: "ok");
        return succeeded with
        {
            Deliveries = [.. deliveries.Select(d => Succeed(store, d).Deliveries[0] with { BatchId = "batch_1" })],
            Attempt = succeeded.Attempt! with { MessageId = "batch_1", BatchSize = deliveries.Length },
        };
    }

    /// <summary>Stores runs of which every delivery has succeeded.</summary>
    protected static async Task DeliverAsync(IWebhookStore store, int runs, int each)
    {
        for (var i = 0; i < runs; i++)
        {
            var deliveries = await PublishAsync(store, each, from: each * i);
            await store.SettleAsync([.. deliveries.Select(d => Succeed(store, d))], default);
        }
    }

    /// <summary>Purges as the engine does: until less than the limit is gone.</summary>
    protected static async Task PurgeAllAsync(IWebhookStore store, PurgeQuery query)
    {
        while (await store.PurgeAsync(query, default) >= query.Limit)
        {
            // There is more.
        }
    }

    protected static Settlement Fail(IWebhookStore store, WebhookDelivery delivery) =>
        Settle(store, delivery with { DueAt = Now.AddHours(1), LastOutcome = AttemptOutcome.ErrorStatus, LastStatusCode = 500 }, "no");

    private static Settlement Settle(IWebhookStore store, WebhookDelivery next, string? body) => new()
    {
        Partition = Partitioner.GetPartition(next.SubscriptionId, store.PartitionCount),
        Fence = 1,
        SubscriptionId = next.SubscriptionId,
        Deliveries = [next with { AttemptCount = next.AttemptCount + 1 }],
        Attempt = new DeliveryAttempt
        {
            MessageId = next.EventId,
            StartedAt = Now.AddSeconds(30),
            Duration = TimeSpan.FromMilliseconds(12.3456),
            Outcome = next.LastOutcome!.Value,
            StatusCode = next.LastStatusCode,
            ResponseBody = body,
        },
    };

    private static async Task<Guid[]> ReadIdsAsync(IWebhookStore store) =>
        [.. (await store.ReadAsync([new LaneRead(Lane, 1_000, InSequence: false)], default))[0].Select(p => p.Delivery.Id)];

    protected static async Task<List<WebhookDelivery>> ListAsync(IWebhookStore store, DeliveryQuery query)
    {
        List<WebhookDelivery> all = [];
        for (string? after = null; ;)
        {
            var page = await store.ListDeliveriesAsync(query with { After = after }, default);
            Assert.That(page.Items, Has.Count.LessThanOrEqualTo(query.Limit));
            all.AddRange(page.Items);
            if (page.Next is null) return all;
            Assert.That(page.Next, Is.Not.EqualTo(after), "each page gets further");
            after = page.Next;
        }
    }

    /// <summary>Opens the database, as one more process.</summary>
    protected abstract IWebhookStore Open(int? maxListSteps);

    /// <summary>Counts the rows of a table, whose name some conditions may follow.</summary>
    protected abstract Task<long> CountAsync(string table);

    private static async Task TakeAllAsync(IWebhookStore store, string node)
    {
        await store.HeartbeatAsync(node, TimeSpan.FromHours(1), default);
        await store.AcquireAsync(node, [.. Enumerable.Range(0, store.PartitionCount)], TimeSpan.FromHours(1), default);
    }

    protected async Task<IWebhookStore> StartAsync(int? maxListSteps = null)
    {
        var store = Open(maxListSteps);
        _stores.Add(store);
        await store.InitializeAsync(default);
        await TakeAllAsync(store, Node);
        return store;
    }
}
