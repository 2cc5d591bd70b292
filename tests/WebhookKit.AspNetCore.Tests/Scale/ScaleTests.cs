using System.Diagnostics;
using System.Net;
using System.Text.Json;
using WebhookKit.Sqlite;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Scale;

/// <summary>
/// With 10,000 webhooks and very many deliveries, each list is read by its indexes and looks at a bounded number of rows. 1,000,000
/// deliveries unless <c>WEBHOOKKIT_SCALE_DELIVERIES</c> says otherwise.
/// </summary>
[NonParallelizable]
internal sealed class ScaleTests
{
    /// <summary>For one row with its event, about so many steps of SQLite's machine.</summary>
    private const int StepsOfARow = 150;
    private const int Page = 50;

    private static readonly DateTimeOffset Now = ManualTimeProvider.DefaultStart;
    private static readonly int Deliveries = int.Parse(Environment.GetEnvironmentVariable("WEBHOOKKIT_SCALE_DELIVERIES") ?? "1000000", System.Globalization.CultureInfo.InvariantCulture);
    private LargeFile _file = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        var watch = Stopwatch.StartNew();
        _file = await LargeFile.CreateAsync(Deliveries);
        TestContext.Progress.WriteLine($"{Deliveries:N0} deliveries are made in {watch.Elapsed.TotalSeconds:0.0} s.");
    }

    [OneTimeTearDown]
    public void Remove() => _file.Dispose();

    private static IEnumerable<TestCaseData> DeliveryQueries()
    {
        var all = new DeliveryQuery { TenantId = LargeFile.Tenant };
        yield return Case("no filter", all, Page);
        yield return Case("a webhook", all with { SubscriptionId = LargeFile.WebhookId(7) }, Page * 5);
        yield return Case("an event", all with { EventId = "evt_00000007" }, 1);
        foreach (var status in Enum.GetValues<DeliveryStatus>())
        {
            // What is pending has no index of its own: one in a hundred is, so some thousand rows are looked at.
            yield return Case($"status {status}", all with { Status = status }, status == DeliveryStatus.Pending ? Page * 110 : Page);
            yield return Case($"status {status} of a webhook", all with { Status = status, SubscriptionId = LargeFile.WebhookId(7) }, Page);
        }

        yield return Case("a frequent type", all with { EventType = "subscriber.created" }, Page * 2);
        yield return Case("from a time on", all with { From = Now.AddDays(-1) }, Page);

        // Those that match stand behind very many that do not: each call looks at so many and no more.
        yield return Case("a type that nothing has", all with { EventType = "subscriber.bounced" }, SqliteWebhookStore.MaxListSteps);
        yield return Case("up to a time", all with { To = Now.AddDays(-29) }, SqliteWebhookStore.MaxListSteps);
        yield return Case("another tenant", all with { TenantId = LargeFile.SmallTenant }, SqliteWebhookStore.MaxListSteps);

        static TestCaseData Case(string name, DeliveryQuery query, int rows) => new TestCaseData(query, rows).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(DeliveryQueries))]
    public void Deliveries_EachFilter_GoesByAnIndexAndStops(DeliveryQuery query, int rows)
    {
        Check(session => DeliveryLists.List(session, query, SqliteWebhookStore.MaxListSteps), rows);

        // The pages behind it too, however far; beyond the beginning of a range nothing matches any more.
        var far = query with { After = $"{Deliveries / 2}.{LargeFile.WebhookId(0)}" };
        Check(session => DeliveryLists.List(session, far, SqliteWebhookStore.MaxListSteps), query.From is null ? rows : SqliteWebhookStore.MaxListSteps);
    }

    [TestCase("", null, Page)]
    [TestCase("105000", null, Page)]
    [TestCase("", SubscriptionStatus.Disabled, Page * 51)]
    public void Webhooks_List_GoesByAnIndexAndStops(string after, SubscriptionStatus? status, int rows) =>
        Check(session => SubscriptionRows.List(session, new SubscriptionQuery { TenantId = LargeFile.Tenant, After = after, Status = status, Limit = Page }), rows);

    [TestCase("hooks/99", Page * 100)]
    [TestCase("no such name", LargeFile.Webhooks)]
    public void Webhooks_Search_LooksAtTheWebhooksOnly(string search, int rows) =>
        Check(session => SubscriptionRows.List(session, new SubscriptionQuery { TenantId = LargeFile.Tenant, Search = search, Limit = Page }), rows);

    [Test]
    public void Statistics_OfATenantAndAWebhook_ReadTheirRowsOnly()
    {
        Check(session => StatisticsRows.Read(session, Range(300, TimeSpan.FromDays(1)), null), 288);
        Check(session => StatisticsRows.Read(session, Range(3600, TimeSpan.FromDays(1)), LargeFile.WebhookId(7)), 24);
        Check(session => StatisticsRows.Read(session, Range(86400, TimeSpan.FromDays(30)), null), 30);
    }

    [Test]
    public void Statistics_OfManyWebhooks_ReadTheHoursOnly()
    {
        string[] page = [.. Enumerable.Range(0, Page).Select(LargeFile.WebhookId)];
        Check(session => StatisticsRows.SumUp(session, Range(3600, TimeSpan.FromDays(1)), page), Page * 24);
        Check(session => StatisticsRows.SumUp(session, Range(3600, TimeSpan.FromDays(1)), SubscriptionRows.ListIds(session, LargeFile.Tenant)), LargeFile.Webhooks * 26);
        Check(session => StatisticsRows.SumUp(session, Range(86400, TimeSpan.FromDays(1)), SubscriptionRows.ListIds(session, LargeFile.Tenant)), LargeFile.Webhooks * 3);
    }

    [Test]
    public async Task Api_EachFirstPage_IsAnsweredAndMeasured()
    {
        await using var host = await ApiHost.StartAsync(_file.ConnectionString);
        var webhook = LargeFile.WebhookId(7);
        foreach (var path in (string[])
                 [
                     "?view=full&include=health&cursor=&limit=50", "?view=full&include=health&cursor=105000&limit=50", "?cursor=&search=hooks/99", "?cursor=&search=nothing",
                     "?cursor=&status=disabled", "", "?page=150", $"/{webhook}?include=health",
                     "/deliveries", "/deliveries?status=pending", "/deliveries?status=succeeded", "/deliveries?status=exhausted", "/deliveries?status=expired",
                     "/deliveries?status=canceled", $"/deliveries?webhook_id={webhook}", $"/deliveries?webhook_id={webhook}&status=exhausted", $"/{webhook}/deliveries",
                     "/deliveries?event_id=evt_00000007", "/deliveries?event_type=subscriber.updated", "/deliveries?event_type=subscriber.bounced",
                     "/deliveries?from=2029-12-31T00:00:00Z", "/deliveries?to=2029-12-03T00:00:00Z",
                     "/statistics", "/statistics?step_seconds=300", "/statistics?from=2029-12-02T00:00:00Z&step_seconds=86400", $"/{webhook}/statistics",
                     "/statistics/webhooks", "/statistics/webhooks?from=2029-12-02T00:00:00Z",
                 ])
        {
            List<double> times = [];
            for (var i = 0; i < 5; i++)
            {
                var watch = Stopwatch.StartNew();
                var answer = await host.GetAsync(path);
                times.Add(watch.Elapsed.TotalMilliseconds);
                Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), path);
                if (i == 0) TestContext.Out.Write($"{(answer.Data.ValueKind == JsonValueKind.Array ? answer.Data.GetArrayLength() : 1),4} ");
            }

            TestContext.Out.WriteLine($"first {times[0],7:0.0} ms, median {times.Order().ElementAt(2),7:0.0} ms  {path}");
        }
    }

    private static StatisticsRange Range(int seconds, TimeSpan length) => new(LargeFile.Tenant, TimeSpan.FromSeconds(seconds), Now - length, Now.AddTicks(1));

    private void Check(Action<SqliteSession> read, int rows)
    {
        var work = Work.Of(_file, read);
        Assert.Multiple(() =>
        {
            Assert.That(work, Is.Not.Empty);
            Assert.That(work.Sum(w => w.Steps), Is.LessThan((rows + 10) * StepsOfARow), $"steps for {rows} rows");
            foreach (var one in work)
            {
                Assert.That(one.FullScanSteps, Is.Zero, $"rows without an index in{Environment.NewLine}{one.Sql}{Environment.NewLine}{one.Plan}");
                Assert.That(one.Plan, Does.Not.Contain("SCAN TABLE webhook").And.Not.Contain("AUTOMATIC"), one.Sql);
                Assert.That(one.Sql, Does.Not.Contain("OFFSET"));
            }
        });
    }
}
