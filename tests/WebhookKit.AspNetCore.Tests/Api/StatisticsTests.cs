using System.Net;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>What was counted is shown step by step and by webhook.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class StatisticsTests(string store)
{
    private const string Webhook = """{"name":"n","url":"https://example.com/h","events":["subscriber.created"],"profile":"GitHub"}""";

    [Test]
    public async Task Statistics_OverTime_CountsWhatHappened()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync(Webhook);
        host.Receiver.Reply(200, 500, 200);
        await PublishAsync(host);
        await PublishAsync(host);
        host.Clock.Advance(TimeSpan.FromHours(2));
        await PublishAsync(host);

        foreach (var path in new[] { $"/{webhook}/statistics", "/statistics" })
        {
            var shown = (await host.GetAsync(path)).Data;
            var buckets = shown.GetProperty("buckets").EnumerateArray().ToArray();
            var busy = buckets.Where(b => b.GetProperty("latency_ms").ValueKind != JsonValueKind.Null).ToArray();
            Assert.That(shown.GetProperty("step_seconds").GetInt32(), Is.EqualTo(3600));
            Assert.That(buckets, Has.Length.EqualTo((shown.GetProperty("to").GetDateTimeOffset() - shown.GetProperty("from").GetDateTimeOffset()).TotalHours));
            Assert.That(buckets[0].GetProperty("at").GetDateTimeOffset(), Is.EqualTo(shown.GetProperty("from").GetDateTimeOffset()));
            Assert.That(busy.Select(Numbers), Is.EqualTo(new[] { (1, 1, 1), (1, 0, 0) }));
            Assert.That(Numbers(shown.GetProperty("totals")), Is.EqualTo((2, 1, 1)));
            Assert.That(Numbers(buckets.First(b => b.GetProperty("latency_ms").ValueKind == JsonValueKind.Null)), Is.EqualTo((0, 0, 0)));
        }

        var fine = (await host.GetAsync($"/statistics?step_seconds=600&from={Time(host, -3)}&to={Time(host, 0)}")).Data;
        Assert.That(Numbers(fine.GetProperty("totals")), Is.EqualTo((1, 1, 1)));
        Assert.That(fine.GetProperty("buckets").EnumerateArray().Count(b => b.GetProperty("delivered").GetInt32() > 0), Is.EqualTo(1), "the one that ends now is not yet in it");
        var empty = (await host.GetAsync($"/statistics?to={Time(host, -48)}")).Data;
        Assert.That(Numbers(empty.GetProperty("totals")), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public async Task ByWebhook_SlowestFirst_AndAtMostSoMany()
    {
        await using var host = await ApiHost.StartAsync(store);
        List<string> ids = [];
        foreach (var (milliseconds, type) in new[] { (40, "subscriber.created"), (900, "subscriber.updated"), (5, "subscriber.unsubscribed") })
        {
            ids.Add(await host.CreateAsync($$"""{"name":"{{milliseconds}}","url":"https://example.com/h","events":["{{type}}"],"profile":"GitHub"}"""));
            host.Receiver.Default.Answer(_ =>
            {
                host.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                return new HttpResponseMessage(HttpStatusCode.OK);
            });
            await host.Publisher.PublishAsync(type, new { id = "1" }, new PublishOptions { TenantId = "t1" });
            await host.Deliveries.DrainAsync();
        }

        await host.CreateAsync("""{"name":"idle","url":"https://example.com/idle","events":["subscriber.deleted"],"batchable":true}""");
        var list = (await host.GetAsync("/statistics/webhooks")).Data.EnumerateArray().ToArray();
        Assert.That(list.Select(w => w.GetProperty("name").GetString()), Is.EqualTo(new[] { "900", "40", "5" }));
        Assert.That(list.Select(w => w.GetProperty("webhook_id").GetString()), Is.EqualTo(new[] { ids[1], ids[0], ids[2] }));
        Assert.That(list[0].GetProperty("latency_ms").GetProperty("max").GetDouble(), Is.EqualTo(900));
        Assert.That((await host.GetAsync("/statistics/webhooks?limit=1")).Data.GetArrayLength(), Is.EqualTo(1));
    }

    [TestCase("step_seconds=299", "step_seconds")]
    [TestCase("step_seconds=301", "step_seconds")]
    [TestCase("step_seconds=300&from=2029-01-01&to=2029-01-31", "step_seconds")]
    [TestCase("from=2029-01-02&to=2029-01-01", "to")]
    [TestCase("from=2020-01-01&to=2029-01-01", "from")]
    [TestCase("from=x&to=y&step_seconds=z", "from,step_seconds,to")]
    [TestCase("from=2029-01-02&to=2029-01-01&step_seconds=301", "step_seconds,to")]
    [TestCase("from=0001-01-01&to=9999-12-31T23:59:59Z", "from")]
    public async Task Statistics_BadQuery_NamesIt(string query, string fields)
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.GetAsync($"/statistics?{query}");
        Assert.That((answer.Status, string.Join(',', answer.Fields)), Is.EqualTo(((HttpStatusCode)422, fields)), answer.Text);
        var list = await host.GetAsync($"/statistics/webhooks?limit=0&{query}");
        Assert.That(list.Fields, Does.Contain("limit"));
    }

    [TestCase("to=0001-01-01T00:00:01Z&from=0001-01-01")]
    [TestCase("from=9999-12-31&to=9999-12-31T23:59:59Z")]
    [TestCase("from=9999-12-31T23:59:58Z&to=9999-12-31T23:59:59Z")]
    public async Task Statistics_EndsOfTime_AreNoFault(string query)
    {
        await using var host = await ApiHost.StartAsync(store);
        Assert.That((await host.GetAsync($"/statistics?{query}")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await host.GetAsync($"/statistics/webhooks?{query}")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task PublishAsync(ApiHost host)
    {
        await host.Publisher.PublishAsync("subscriber.created", new { id = "1" }, new PublishOptions { TenantId = "t1" });
        await host.Deliveries.DrainAsync();
    }

    private static string Time(ApiHost host, double hours) => host.Clock.GetUtcNow().AddHours(hours).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private static (int, int, int) Numbers(JsonElement totals) =>
        (totals.GetProperty("delivered").GetInt32(), totals.GetProperty("failed_attempts").GetInt32(), totals.GetProperty("gave_up").GetInt32());
}
