using System.Text.RegularExpressions;
using WebhookKit.PostgreSql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>
/// What the server really does for each hot statement, with very many pending deliveries in many lanes, one of them long, and just as it grew:
/// whatever it believed when it planned them, it goes by the indexes that lead to what is asked for.
/// </summary>
[NonParallelizable]
internal sealed partial class HotPlanTests
{
    private const int PerLane = 10;
    private const int InLongLane = 40_000;
    private const int PerRun = 4;
    private const int MostRows = 30_000;
    private const string FailedLane = "lane-50";

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    /// <summary>The plans are those for empty tables.</summary>
    [Test]
    public Task HotStatements_AMillionPendingNeverAnalyzed_ReadNoLargePartWhole() => CheckAsync(lanes: 100_000, history: 0);

    /// <summary>The statistics are those of a vacuum that saw a history and nothing pending: any index of pending ones looks cheap.</summary>
    [Test]
    public Task HotStatements_ManyPendingSinceAnalyzed_ReadNoLargePartWhole() => CheckAsync(lanes: 10_000, history: 500);

    /// <summary>A vacuum saw the tables when all history was gone: reading all of one looks cheaper than looking anything up.</summary>
    [Test]
    public Task HotStatements_ManyPendingSinceVacuumedEmpty_ReadNoLargePartWhole() => CheckAsync(lanes: 10_000, history: 500, isGone: true);

    private static async Task CheckAsync(int lanes, int history, bool isGone = false)
    {
        PostgresTests.RequireOwn();
        await using var server = await PostgresServer.StartAsync(new PostgresOptions
        {
            Fsync = false,
            Settings = new Dictionary<string, string>
            {
                ["shared_preload_libraries"] = "auto_explain",
                ["auto_explain.log_analyze"] = "on",
                ["max_wal_size"] = "4GB",
                ["autovacuum"] = "off",
            },
        });
        await using var store = new PostgreSqlWebhookStore(new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString }, TimeProvider.System);
        await store.InitializeAsync(default);
        await store.AddSubscriptionAsync(
            new WebhookSubscription { Id = "others", TenantId = "another", Url = new Uri("https://example.com"), EventTypes = ["*"], Profile = "StandardWebhooks", CreatedAt = Now, UpdatedAt = Now },
            default);
        await store.AddSubscriptionAsync(new WebhookSubscription { Id = FailedLane, TenantId = "another", Url = new Uri("https://example.com"), CreatedAt = Now, UpdatedAt = Now }, default);

        if (history > 0)
        {
            await FillAsync(server, lanes: 100, history, DeliveryStatus.Succeeded);
            if (isGone) await PostgresSql.ExecuteAsync(server.ConnectionString, "DELETE FROM webhooks.webhook_delivery; DELETE FROM webhooks.webhook_event");
            await PostgresSql.ExecuteAsync(server.ConnectionString, "VACUUM (ANALYZE, TRUNCATE FALSE)");
        }

        // Planned while next to nothing is pending, and used when very much is.
        await UseAsync(store, "before");
        await FillAsync(server, lanes, PerLane, DeliveryStatus.Pending);
        await FillAsync(server, lanes: 1, InLongLane, DeliveryStatus.Pending);
        await FillAsync(server, lanes: 1, InLongLane, DeliveryStatus.Exhausted, first: 50);
        await FillRunsAsync(server, lanes, 1);
        await FillRunsAsync(server, lanes: 1, InLongLane / PerRun);
        await PostgresSql.ExecuteAsync(server.ConnectionString, "ALTER SYSTEM SET auto_explain.log_min_duration = 0");
        await PostgresSql.ExecuteAsync(server.ConnectionString, "SELECT pg_reload_conf()");
        await store.ListDueLanesAsync([3], Now, default);
        await UseAsync(store, "after");

        var log = await File.ReadAllTextAsync(Path.Combine(server.Folder!, "log"));
        var plans = Plan().Matches(log).Select(m => m.Value).Where(p => p.Contains("\"webhooks\".", StringComparison.Ordinal)).ToList();
        Assert.That(plans, Has.Count.GreaterThan(10), "The server has logged its plans.");
        foreach (var plan in plans)
        {
            Assert.That(plan, Does.Not.Match(@"Seq Scan on webhook_(delivery|run|event|attempt|subscription)\b"));
            foreach (Match rows in RowsRead().Matches(plan)) Assert.That(int.Parse(rows.Groups[1].Value), Is.LessThan(MostRows), plan);
            foreach (Match rows in RowsPassedOver().Matches(plan)) Assert.That(int.Parse(rows.Groups[1].Value), Is.LessThan(MostRows), plan);
        }
    }

    /// <summary>Does once what a node does all the time.</summary>
    private static async Task UseAsync(PostgreSqlWebhookStore store, string prefix)
    {
        await store.HeartbeatAsync("node", TimeSpan.FromHours(1), default);
        await store.AcquireAsync("node", [.. Enumerable.Range(0, 64)], TimeSpan.FromHours(1), default);
        var leases = (await store.HeartbeatAsync("node", TimeSpan.FromHours(1), default)).Leases.ToDictionary(l => l.Partition);
        for (var i = 0; i < 8; i++)
        {
            // More than five times: then the server keeps the plan.
            await store.PublishAsync([Write($"{prefix}-{i}", $"lane-{i}"), Write($"{prefix}-{i}-2", $"lane-{i + 100}")], null, default);
            await store.PublishAsync([Write($"{prefix}-{i}-new", $"lane-{i}") with { HasNewId = true }], null, default);
            var read = (await store.ReadAsync([new LaneRead($"lane-{i}", 16, false), new LaneRead($"lane-{i + 100}", 16, false)], default))[0];
            var delivery = read[0].Delivery;
            var partition = Partitioner.GetPartition(delivery.SubscriptionId, 64);
            await store.SettleAsync([Settle(delivery, leases[partition])], default);
            await store.ReadAsync([new LaneRead($"lane-{i + 7}", 16, true)], default);
            await store.PublishAsync([.. Enumerable.Range(0, PerRun).Select(n => Write($"{prefix}-{i}-run-{n}", $"lane-{i + 20}"))], null, default);
            var inRun = (await store.ReadAsync([new LaneRead($"lane-{i + 20}", 16, false)], default))[0][^1].Delivery;
            await store.SettleAsync([Settle(inRun, leases[Partitioner.GetPartition(inRun.SubscriptionId, 64)])], default);
            await store.GetDeliveryAsync(inRun.Id, default);
            await store.GetDeliveryAsync(delivery.Id, default);
            await store.ListDeliveriesAsync(new DeliveryQuery { SubscriptionId = delivery.SubscriptionId }, default);
            await store.ListDeliveriesAsync(new DeliveryQuery(), default);
            await store.ListDeliveriesAsync(new DeliveryQuery { EventId = delivery.EventId }, default);
            await store.ListMissedEventsAsync(null, $"lane-{i}", Now, null, 100, default);

            // All that has failed was published before.
            Assert.That(await store.RecoverAsync(FailedLane, Now.AddTicks(1), 100, Now, default), Is.Zero);
            await store.PurgeAsync(new PurgeQuery { SucceededBefore = Now, FailedBefore = Now, AttemptsBefore = Now, EventsBefore = Now, Limit = 100 }, default);
        }

        await store.ListDueLanesAsync([3], Now, default);
    }

    private static EventWrite Write(string eventId, string subscription)
    {
        var delivery = new WebhookDelivery { Id = Guid.CreateVersion7(), EventId = eventId, EventType = "a.b", SubscriptionId = subscription, CreatedAt = Now, DueAt = Now };

        // Something has changed since, but for another tenant.
        return new EventWrite(new WebhookEvent { Id = eventId, Type = "a.b", Data = "{}"u8.ToArray() }, [delivery], SubscriptionVersion: 0) { PublishedAt = Now };
    }

    private static Settlement Settle(WebhookDelivery delivery, PartitionLease lease) => new()
    {
        Partition = lease.Partition,
        Fence = lease.Fence,
        SubscriptionId = delivery.SubscriptionId,
        Deliveries = [delivery with { Status = DeliveryStatus.Succeeded, AttemptCount = 1, CompletedAt = Now, LastOutcome = AttemptOutcome.Succeeded }],
        Attempt = new DeliveryAttempt { MessageId = delivery.EventId, StartedAt = Now, Duration = TimeSpan.Zero, Outcome = AttemptOutcome.Succeeded },
    };

    /// <summary>Adds deliveries to some lanes.</summary>
    private static async Task FillAsync(PostgresServer server, int lanes, int perLane, DeliveryStatus status, int first = 0)
    {
        // The partition of each lane, as the library has it.
        var partitions = string.Join(',', Enumerable.Range(first, lanes).Select(i => Partitioner.GetPartition($"lane-{i}", 64)));
        await PostgresSql.ExecuteAsync(server.ConnectionString + ";Command Timeout=300", $$"""
            SET synchronous_commit = off;
            CREATE TEMP TABLE lane AS SELECT ordinality - 1 + {{first}} AS number, unnest AS partition FROM unnest('{{{partitions}}}'::smallint[]) WITH ORDINALITY;
            CREATE TEMP TABLE due AS
                SELECT 512 * nextval('webhooks.webhook_event_seq') AS seq, gen_random_uuid() AS id, l.number, l.partition
                FROM generate_series(1, {{perLane}}) n CROSS JOIN lane l;
            INSERT INTO webhooks.webhook_event (partition, seq, id, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, first_deliveries,
                kept_deliveries, content_type, data)
            SELECT {{Partitioner.GetPartition("", 64)}}, seq, 'filled-' || seq, '', 'a.b', {{Now.UtcTicks}}, 0, {{Now.UtcTicks}}, false, 1, 1, 'application/json', '{}' FROM due;
            INSERT INTO webhooks.webhook_delivery (partition, id, event_partition, event_seq, subscription_id, status, due_at, created_at, completed_at, attempt_count, schedule_base)
            SELECT partition, id, {{Partitioner.GetPartition("", 64)}}, seq, 'lane-' || number, {{(int)status}}, {{Now.UtcTicks}} + seq, {{Now.UtcTicks}},
                {{(status == DeliveryStatus.Pending ? "NULL" : Now.AddDays(1).UtcTicks)}}, 0, 0 FROM due;
            """);
    }

    /// <summary>Adds runs to the first lanes.</summary>
    private static async Task FillRunsAsync(PostgresServer server, int lanes, int perLane)
    {
        var partitions = string.Join(',', Enumerable.Range(0, lanes).Select(i => Partitioner.GetPartition($"lane-{i}", 64)));
        var eventPartition = Partitioner.GetPartition("", 64);
        await PostgresSql.ExecuteAsync(server.ConnectionString + ";Command Timeout=300", $$"""
            SET synchronous_commit = off;
            CREATE TEMP TABLE lane AS SELECT ordinality - 1 AS number, unnest AS partition FROM unnest('{{{partitions}}}'::smallint[]) WITH ORDINALITY;
            CREATE TEMP TABLE run AS
                SELECT nextval('webhooks.webhook_event_seq') AS number, l.number AS lane, l.partition, gen_random_uuid() AS id FROM generate_series(1, {{perLane}}) n CROSS JOIN lane l;
            INSERT INTO webhooks.webhook_event (partition, seq, id, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, first_deliveries,
                kept_deliveries, content_type, data)
            SELECT {{eventPartition}}, number * 512 + place, 'filled-' || number || '-' || place, '', 'a.b', {{Now.UtcTicks}}, 0, {{Now.UtcTicks}}, false, 1, 1, 'application/json', '{}'
            FROM run, generate_series(0, {{PerRun - 1}}) place;
            INSERT INTO webhooks.webhook_run (partition, subscription_id, event_group, event_partition, first_id, last_id, due_at, places, pending_places, pending, members, outcomes)
            SELECT partition, 'lane-' || lane, number, {{eventPartition}}, id, id, {{Now.UtcTicks}} + number, p.places, p.places, {{PerRun}},
                (SELECT string_agg(int2send(place::smallint) || uuid_send(gen_random_uuid()) || int8send({{Now.UtcTicks}} + number), '') FROM generate_series(0, {{PerRun - 1}}) place), ''
            FROM run, (SELECT rpad(repeat('1', {{PerRun}}), 512, '0')::bit(512) AS places) p;
            """);
    }

    [GeneratedRegex(@"plan:\n(?:\t.*\n)+")]
    private static partial Regex Plan();

    [GeneratedRegex(@"on webhook_(?:delivery|run|event|attempt).*actual time=[\d.]+ rows=(\d+)")]
    private static partial Regex RowsRead();

    [GeneratedRegex(@"Rows Removed by (?:Index Recheck|Filter): (\d+)")]
    private static partial Regex RowsPassedOver();
}
