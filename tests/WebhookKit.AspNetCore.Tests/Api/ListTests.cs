using System.Net;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>Webhooks are listed by key, found by their name or URL, and shown with their health.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class ListTests(string store)
{
    [Test]
    public async Task Cursor_PageAfterPage_ShowsEachOnceAndNoLinks()
    {
        await using var host = await ApiHost.StartAsync(store);
        List<string> created = [];
        for (var i = 0; i < 5; i++) created.Add(await host.CreateAsync());
        await host.CreateAsync(tenant: "t2");

        List<string> found = [];
        for (var cursor = ""; ;)
        {
            var page = await host.GetAsync($"?cursor={cursor}&limit=2");
            Assert.That(page.Json.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "data", "meta" }));
            Assert.That(page.Json.GetProperty("meta").EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "per_page", "next_cursor" }));
            found.AddRange(page.Data.EnumerateArray().Select(w => w.GetProperty("id").GetString()!));
            if (page.Json.GetProperty("meta").GetProperty("next_cursor").GetString() is not { } next) break;
            cursor = next;
        }

        Assert.That(found, Is.EqualTo(created.Order(StringComparer.Ordinal)));
        Assert.That((await host.GetAsync("?cursor=%F0%9F%92%A9'--&limit=2")).Status, Is.EqualTo(HttpStatusCode.OK), "a cursor of somebody's own begins somewhere");
    }

    [Test]
    public async Task Search_NameOrUrl_FindsParts()
    {
        await using var host = await ApiHost.StartAsync(store);
        var orders = await host.CreateAsync("""{"name":"Orders 100%","url":"https://example.com/a","events":["subscriber.created"]}""");
        var other = await host.CreateAsync("""{"url":"https://example.com/ORDERS","events":["subscriber.created"],"enabled":false}""");
        await host.CreateAsync("""{"name":"x","url":"https://example.com/b","events":["subscriber.created"]}""");

        async Task<string[]> FindAsync(string query) => [.. (await host.GetAsync($"?{query}")).Data.EnumerateArray().Select(w => w.GetProperty("id").GetString()!)];
        foreach (var paging in new[] { "", "&cursor=" })
        {
            Assert.That(await FindAsync($"search=orders{paging}"), Is.EquivalentTo(new[] { orders, other }));
            Assert.That(await FindAsync($"search=orders&status=enabled{paging}"), Is.EqualTo(new[] { orders }));
            Assert.That(await FindAsync($"search=%25{paging}"), Is.EqualTo(new[] { orders }));
            Assert.That(await FindAsync($"search=nothing{paging}"), Is.Empty);
        }

        var page = await host.GetAsync("?search=orders&limit=1&include=health");
        Assert.That(page.Json.GetProperty("meta").GetProperty("total").GetInt32(), Is.EqualTo(2));
        Assert.That(page.Json.GetProperty("links").GetProperty("next").GetString(), Does.EndWith("?page=2&limit=1&search=orders&include=health"));
    }

    [Test]
    public async Task BadQuery_ManyFaults_NamesAllAtOnce()
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.GetAsync($"?limit=0&page=x&status=odd&include=all&search={new string('x', 201)}&cursor=%00");
        Assert.That((answer.Status, string.Join(',', answer.Fields)), Is.EqualTo(((HttpStatusCode)422, "cursor,include,limit,page,search,status")), answer.Text);
    }

    [Test]
    public async Task Health_EachState_IsShown()
    {
        await using var host = await ApiHost.StartAsync(store);
        async Task<string> CreateAsync(string name) => await host.CreateAsync($$"""{"name":"{{name}}","url":"https://example.com/{{name}}","events":["subscriber.created"],"profile":"StandardWebhooks"}""");
        var idle = await CreateAsync("idle");
        await host.PostAsync($"/{idle}/pause");
        var (healthy, failing, paused, disabled) = (await CreateAsync("healthy"), await CreateAsync("failing"), await CreateAsync("paused"), await CreateAsync("disabled"));
        host.Receiver.For("https://example.com/failing").Reply(500);
        Assert.That(host.Clock.GetUtcNow().TimeOfDay, Is.EqualTo(TimeSpan.Zero), "a full hour, whose statistics begin just now");
        await host.Publisher.PublishAsync("subscriber.created", new { id = "1" }, new PublishOptions { TenantId = "t1" });
        await host.Deliveries.DrainAsync();
        await host.PostAsync($"/{paused}/pause");
        await host.PostAsync($"/{disabled}/disable");
        await host.PostAsync($"/{idle}/disable");
        await host.PostAsync($"/{idle}/enable");

        var list = (await host.GetAsync("?include=health&cursor=")).Data.EnumerateArray().ToDictionary(w => w.GetProperty("id").GetString()!, w => w.GetProperty("health"));
        Assert.That(
            new[] { idle, healthy, failing, paused, disabled }.Select(id => list[id].GetProperty("state").GetString()),
            Is.EqualTo(new[] { "idle", "healthy", "failing", "paused", "disabled" }));
        Assert.That((list[healthy].GetProperty("delivered").GetInt32(), list[healthy].GetProperty("failed").GetInt32()), Is.EqualTo((1, 0)));
        Assert.That((list[failing].GetProperty("delivered").GetInt32(), list[failing].GetProperty("failed").GetInt32()), Is.EqualTo((0, 1)));
        Assert.That(list[healthy].GetProperty("last_attempt_at").GetDateTimeOffset(), Is.EqualTo(host.Clock.GetUtcNow()));
        Assert.That(list[healthy].GetProperty("p95_ms").GetDouble(), Is.Not.Negative);
        Assert.That((list[idle].GetProperty("last_attempt_at").ValueKind, list[idle].GetProperty("p95_ms").ValueKind), Is.EqualTo((System.Text.Json.JsonValueKind.Null, System.Text.Json.JsonValueKind.Null)));
        Assert.That((await host.GetAsync($"/{failing}?include=health")).Data.GetProperty("health").GetProperty("state").GetString(), Is.EqualTo("failing"));
        Assert.That((await host.GetAsync("")).Text, Does.Not.Contain("health\":"), "MailerLite's shape has none");

        host.Clock.Advance(TimeSpan.FromHours(26));
        Assert.That((await host.GetAsync($"/{healthy}?include=health")).Data.GetProperty("health").GetProperty("state").GetString(), Is.EqualTo("idle"));
    }
}
