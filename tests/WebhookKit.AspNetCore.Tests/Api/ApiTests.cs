using System.Net;
using Microsoft.AspNetCore.Routing;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>Every route: success, bad input, unknown ids, a stale ETag and a foreign tenant.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class ApiTests(string store)
{
    private static readonly (string Method, string Path, string? Body)[] OfAWebhook =
    [
        ("GET", "/{webhook}", null),
        ("PUT", "/{webhook}", """{"name":"x"}"""),
        ("DELETE", "/{webhook}", null),
        ("POST", "/{webhook}/enable", null),
        ("POST", "/{webhook}/pause", null),
        ("POST", "/{webhook}/disable", null),
        ("POST", "/{webhook}/rotate-secret", null),
        ("POST", "/{webhook}/test", null),
        ("POST", "/{webhook}/recover", """{"since":"2029-01-01T00:00:00Z"}"""),
        ("POST", "/{webhook}/copy", """{"scope":"t3"}"""),
        ("GET", "/{webhook}/deliveries", null),
        ("GET", "/{webhook}/statistics", null),
    ];

    private static readonly (string Method, string Path, string? Body)[] OfADelivery =
    [
        ("GET", "/deliveries/{delivery}", null),
        ("GET", "/deliveries/{delivery}/request", null),
        ("GET", "/deliveries/{delivery}/attempts", null),
        ("POST", "/deliveries/{delivery}/resend", null),
        ("POST", "/deliveries/{delivery}/cancel", null),
    ];

    private static readonly (string Method, string Path, string? Body)[] OfATenant =
    [
        ("GET", "/", null),
        ("POST", "/", """{"url":"https://example.com/h","events":["subscriber.created"]}"""),
        ("GET", "/deliveries", null),
        ("GET", "/statistics", null),
        ("GET", "/statistics/webhooks", null),
        ("GET", "/scopes", null),
        ("GET", "/event-types", null),
        ("GET", "/profiles", null),
        ("GET", "/openapi.json", null),
    ];

    /// <summary>Routes with a body, and a body of which each field is wrong.</summary>
    private static readonly (string Method, string Path, string Body, string[] Fields)[] WithBody =
    [
        ("POST", "/", """{"name":1,"url":1,"events":1,"enabled":1}""", ["enabled", "events", "name", "url"]),
        ("PUT", "/{webhook}", """{"name":1,"url":1,"events":1,"enabled":1}""", ["enabled", "events", "name", "url"]),
        ("POST", "/{webhook}/disable", """{"reason":1}""", ["reason"]),
        ("POST", "/{webhook}/rotate-secret", """{"secret":1,"overlap_seconds":"x"}""", ["overlap_seconds", "secret"]),
        ("POST", "/{webhook}/test", """{"event":1}""", ["event"]),
        ("POST", "/{webhook}/recover", """{"since":1}""", ["since"]),
        ("POST", "/{webhook}/copy", """{"scope":1,"name":1}""", ["name", "scope"]),
    ];

    private static readonly string[] Changes = ["", "/enable", "/pause", "/disable", "/rotate-secret"];

    [Test]
    public async Task EachRoute_ThereIs_IsInTheTablesAbove()
    {
        await using var host = await ApiHost.StartAsync(store);
        var mapped = host.Endpoints.Where(e => e.RoutePattern.RawText!.StartsWith("/api/webhooks", StringComparison.Ordinal))
            .Select(e => $"{e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {e.RoutePattern.RawText!["/api/webhooks".Length..]}");
        var tested = OfAWebhook.Concat(OfADelivery).Concat(OfATenant).Select(r => $"{r.Method} {Filled(r.Path, "{id}", "{id}")}");
        Assert.That(tested, Is.EquivalentTo(mapped));
    }

    [Test]
    public async Task EachRoute_WithBody_RefusesWhatIsWrongAllAtOnce()
    {
        await using var host = await ApiHost.StartAsync(store, o => o.MaxBodyBytes = 1024);
        var webhook = await host.CreateAsync();
        var before = (await host.GetAsync($"/{webhook}?view=full")).Text;
        foreach (var (method, template, body, fields) in WithBody)
        {
            var path = Filled(template, webhook, "");
            async Task<ApiHost.Answer> SendAsync(string text) => await host.SendAsync(new HttpMethod(method), path, text);
            Assert.That((await SendAsync(body)).Fields, Is.EqualTo(fields), template);
            Assert.That((await SendAsync("{\"a\":")).Status, Is.EqualTo(HttpStatusCode.BadRequest), template);
            Assert.That((await SendAsync("[]")).Status, Is.EqualTo(HttpStatusCode.BadRequest), template);
            Assert.That((await SendAsync("\"text\"")).Status, Is.EqualTo(HttpStatusCode.BadRequest), template);
            Assert.That((await SendAsync($$"""{"x":"{{new string('x', 2000)}}"}""")).Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge), template);
        }

        Assert.That((await host.GetAsync($"/{webhook}?view=full")).Text, Is.EqualTo(before), "nothing was changed");
        Assert.That(host.Receiver.Requests, Is.Empty, "nothing was sent");
    }

    [Test]
    public async Task EachRoute_ForeignTenant_IsAsIfThereWereNothing()
    {
        await using var host = await ApiHost.StartAsync(store, o => o.ListScopes = _ => new([new WebhookScope("t3", "Third")]));
        var webhook = await host.CreateAsync();
        var delivery = await PublishAsync(host, drains: true);
        foreach (var (method, path, body) in OfAWebhook.Concat(OfADelivery))
        {
            var known = Filled(path, webhook, delivery);
            var unknown = Filled(path, "12345", Guid.Empty.ToString());
            var foreign = await host.SendAsync(new HttpMethod(method), known, body, tenant: "t2");
            Assert.That(foreign.Status, Is.EqualTo(HttpStatusCode.NotFound), $"{method} {path}: {foreign.Text}");
            Assert.That(foreign.Text, Is.EqualTo((await host.SendAsync(new HttpMethod(method), unknown, body)).Text), $"{method} {path} tells that there is one");
        }

        Assert.That((await host.GetAsync("", "t2")).Json.GetProperty("meta").GetProperty("total").GetInt32(), Is.Zero);
        Assert.That((await host.GetAsync("?cursor=&search=example", "t2")).Data.GetArrayLength(), Is.Zero);
        Assert.That((await host.GetAsync("/statistics", "t2")).Data.GetProperty("totals").GetProperty("delivered").GetInt32(), Is.Zero);
        Assert.That((await host.GetAsync("/statistics/webhooks", "t2")).Data.GetArrayLength(), Is.Zero);
        Assert.That((await host.GetAsync("/deliveries", "t2")).Data.GetArrayLength(), Is.Zero);
        Assert.That((await host.GetAsync($"/deliveries?webhook_id={webhook}", "t2")).Data.GetArrayLength(), Is.Zero);
        Assert.That((await host.GetAsync($"/{webhook}")).Data.GetProperty("name").GetString(), Is.Null, "nothing was changed");
    }

    [Test]
    public async Task EachRoute_NoTenant_IsForbidden()
    {
        await using var host = await ApiHost.StartAsync(store);
        host.Client.DefaultRequestHeaders.Remove("X-Tenant");
        foreach (var (method, path, body) in OfAWebhook.Concat(OfADelivery).Concat(OfATenant))
            Assert.That((await host.SendAsync(new HttpMethod(method), Filled(path, "1", "2"), body)).Status, Is.EqualTo(HttpStatusCode.Forbidden), path);
    }

    [Test]
    public async Task EachChange_StaleETag_IsRefusedAndChangesNothing()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        var stale = (await host.GetAsync($"/{webhook}")).ETag!;
        await host.PutAsync($"/{webhook}", """{"name":"first"}""", ifMatch: stale);
        foreach (var change in Changes)
        {
            var method = change.Length == 0 ? HttpMethod.Put : HttpMethod.Post;
            var answer = await host.SendAsync(method, $"/{webhook}{change}", """{"name":"second"}""", ifMatch: stale);
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.PreconditionFailed), change);
        }

        Assert.That((await host.DeleteAsync($"/{webhook}", ifMatch: stale)).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
        Assert.That((await host.GetAsync($"/{webhook}")).Data.GetProperty("name").GetString(), Is.EqualTo("first"));
        Assert.That((await host.DeleteAsync($"/{webhook}", ifMatch: "*")).Status, Is.EqualTo(HttpStatusCode.NoContent));
    }

    [Test]
    public async Task Create_ManyFaults_NamesAllAtOnce()
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.PostAsync("", """
            {"name":5,"url":"http://localhost/","events":["no.such"],"enabled":"yes","profile":"none","order":"backwards","max_concurrency":0,
             "batching":{"max_events":0},"rate_limit":{"requests":1},"settings":[],"headers":{"Host":"x"},"filter":{"bad":1}}
            """);
        Assert.That(answer.Status, Is.EqualTo((HttpStatusCode)422));
        Assert.That(
            answer.Fields,
            Is.EqualTo(new[] { "batching.max_events", "enabled", "events", "filter", "headers", "max_concurrency", "name", "order", "profile", "rate_limit.per_ms", "settings", "url" }),
            answer.Text);
    }

    [Test]
    public async Task Create_Nothing_NamesWhatIsRequired()
    {
        await using var host = await ApiHost.StartAsync(store);
        Assert.That((await host.PostAsync("", "{}")).Fields, Is.EqualTo(new[] { "events", "url" }));
        Assert.That((await host.PostAsync("")).Fields, Is.EqualTo(new[] { "events", "url" }));
        Assert.That((await host.PostAsync("", """{"url":null,"events":null}""")).Fields, Is.EqualTo(new[] { "events", "url" }));
    }

    [TestCase("[]", 400)]
    [TestCase("{", 400)]
    [TestCase("""{"name":"\ud800"}""", 422)]
    [TestCase("""{"\ud800":1}""", 400)]
    [TestCase("""{"headers":{"\ud800":"x"}}""", 400)]
    public async Task Create_NoJson_SaysSo(string body, int status)
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.PostAsync("", body);
        Assert.That(((int)answer.Status, answer.Json.GetProperty("status").GetInt32()), Is.EqualTo((status, status)), answer.Text);
    }

    [Test]
    public async Task Update_ManyFaults_NamesAllAtOnceAndChangesNothing()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        var answer = await host.PutAsync($"/{webhook}", """{"name":"new","url":"https://10.0.0.1/","events":[],"secret":"mine"}""");
        Assert.That(answer.Fields, Is.EqualTo(new[] { "events", "secret", "url" }), answer.Text);
        Assert.That((await host.GetAsync($"/{webhook}")).Data.GetProperty("name").GetString(), Is.Null);
    }

    [Test]
    public async Task Update_EverythingThereIs_ShowsIt()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        const string all = """
            {"name":"n","url":"https://example.com/new","events":["subscriber.*"],"profile":"Svix","order":"per_key","max_concurrency":3,
             "rate_limit":{"requests":5,"per_ms":1000},"headers":{"X-Key":"very-secret"}}
            """;
        var answer = await host.PutAsync($"/{webhook}?view=full", all);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        Assert.That(answer.Text, Does.Not.Contain("very-secret"));
        Assert.That(answer.Data.GetProperty("headers").GetProperty("X-Key").GetString(), Is.EqualTo("(hidden)"));

        // What is shown can be sent back.
        var back = await host.PutAsync($"/{webhook}?view=full", """{"headers":{"X-Key":"(hidden)","X-Other":"o"},"order":"none","rate_limit":null,"max_concurrency":null}""", ifMatch: answer.ETag);
        Assert.That(back.Status, Is.EqualTo(HttpStatusCode.OK), back.Text);
        var stored = (await host.Subscriptions.GetAsync(webhook))!;
        Assert.That((stored.Headers["X-Key"], stored.Headers["X-Other"], stored.Order, stored.RateLimit, stored.MaxConcurrency), Is.EqualTo(("very-secret", "o", DeliveryOrder.None, (RateLimit?)null, (int?)null)));
    }

    [Test]
    public async Task Headers_HiddenValue_IsKeptByNameOnly()
    {
        await using var host = await ApiHost.StartAsync(store);
        const string created = """{"url":"https://example.com/h","events":["subscriber.created"],"headers":{"X-Key":"(hidden)"}}""";
        Assert.That((await host.PostAsync("", created)).Fields, Is.EqualTo(new[] { "headers" }), "there is nothing to keep");
        var webhook = await host.CreateAsync(created.Replace("(hidden)", "very-secret", StringComparison.Ordinal));
        Assert.That((await host.PutAsync($"/{webhook}", """{"headers":{"X-Other":"(hidden)"}}""")).Fields, Is.EqualTo(new[] { "headers" }));
        Assert.That((await host.PutAsync($"/{webhook}", """{"headers":{"x-key":"(hidden)"}}""")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await host.Subscriptions.GetAsync(webhook))!.Headers, Is.EqualTo(new Dictionary<string, string> { ["x-key"] = "very-secret" }));
    }

    [Test]
    public async Task Batchable_FalseWhereTheProfileBatches_StaysOff()
    {
        await using var host = await ApiHost.StartAsync(store);
        async Task<BatchingOptions?> BatchingOfAsync(string id) => (await host.Subscriptions.GetAsync(id))!.Batching;
        var webhook = await host.CreateAsync("""{"url":"https://example.com/h","events":["sent"],"profile":"Mailjet","batchable":false}""");
        Assert.That(await BatchingOfAsync(webhook), Is.Null);
        await host.PutAsync($"/{webhook}", """{"batchable":false,"settings":{"backup_url":"https://example.com/b"}}""");
        Assert.That(await BatchingOfAsync(webhook), Is.Null);
        await host.PutAsync($"/{webhook}", """{"profile":"MailerLite","settings":{}}""");
        await host.PutAsync($"/{webhook}", """{"profile":"Mailjet","batchable":false}""");
        Assert.That(await BatchingOfAsync(webhook), Is.Null);
        await host.PutAsync($"/{webhook}", """{"batchable":true}""");
        Assert.That(await BatchingOfAsync(webhook), Is.Not.Null);
    }

    [Test]
    public async Task Profiles_Restricted_HoldForWhoNamesNoneToo()
    {
        const string unnamed = """{"url":"https://example.com/h","events":["subscriber.created"]}""";
        await using var one = await ApiHost.StartAsync(store, o => o.Profiles = ["MailerLite"]);
        Assert.That((await one.Subscriptions.GetAsync(await one.CreateAsync(unnamed)))!.Profile, Is.EqualTo("MailerLite"));

        await using var two = await ApiHost.StartAsync(store, o => o.Profiles = ["MailerLite", "Slack"]);
        Assert.That((await two.PostAsync("", unnamed)).Fields, Is.EqualTo(new[] { "profile" }));
        Assert.That((await two.PostAsync("", """{"url":"https://example.com/h","events":["subscriber.created"],"profile":5}""")).Text, Does.Not.Contain("cannot be chosen"));
    }

    [Test]
    public async Task Profiles_WebhookHasAnother_KeepsIt()
    {
        await using var host = await ApiHost.StartAsync(store, o => o.Profiles = ["MailerLite"]);
        var webhook = await host.Subscriptions.CreateAsync(new NewWebhookSubscription { TenantId = "t1", Url = new Uri("https://example.com/h"), EventTypes = ["subscriber.created"], Profile = "Svix" });
        Assert.That((await host.PutAsync($"/{webhook.Id}", """{"profile":"Svix","name":"new"}""")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await host.PutAsync($"/{webhook.Id}", """{"profile":"Slack"}""")).Fields, Is.EqualTo(new[] { "profile" }));
        Assert.That((await host.Subscriptions.GetAsync(webhook.Id))!, Has.Property("Name").EqualTo("new").And.Property("Profile").EqualTo("Svix"));
    }

    [Test]
    public async Task Test_DataWithHalfACharacter_IsRefused()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        var answer = await host.PostAsync($"/{webhook}/test", """{"event":"subscriber.created","data":{"x":"\ud800"}}""");
        Assert.That((answer.Status, string.Join(',', answer.Fields)), Is.EqualTo(((HttpStatusCode)422, "data")), answer.Text);
    }

    [Test]
    public async Task Rotate_Secret_ShowsTheNewOneOnce()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        var rotated = await host.PostAsync($"/{webhook}/rotate-secret?view=full", """{"overlap_seconds":60}""");
        Assert.That(rotated.Status, Is.EqualTo(HttpStatusCode.OK), rotated.Text);
        Assert.That(rotated.Data.GetProperty("secret").GetString(), Is.EqualTo((await host.Subscriptions.GetAsync(webhook))!.Secrets[0].Value));
        Assert.That(rotated.Data.GetProperty("secrets").GetArrayLength(), Is.EqualTo(2));
        Assert.That((await host.GetAsync($"/{webhook}")).Data.GetProperty("secret").GetString(), Is.Null);
        Assert.That((await host.PostAsync($"/{webhook}/rotate-secret", """{"secret":"no","overlap_seconds":-1}""")).Fields, Is.EqualTo(new[] { "overlap_seconds" }));
        Assert.That((await host.PostAsync($"/{webhook}/rotate-secret", """{"secret":"no"}""")).Fields, Is.EqualTo(new[] { "secret" }));
    }

    [Test]
    public async Task Status_Changes_ShowInFull()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        async Task<string?> AfterAsync(string change, string? body = null) => (await host.PostAsync($"/{webhook}/{change}?view=full", body)).Data.GetProperty("status").GetString();
        Assert.That(await AfterAsync("pause"), Is.EqualTo("paused"));
        Assert.That(await AfterAsync("disable", """{"reason":"holiday"}"""), Is.EqualTo("disabled"));
        Assert.That((await host.PostAsync($"/{webhook}/pause")).Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await host.GetAsync($"/{webhook}?view=full")).Data.GetProperty("status_reason").GetString(), Is.EqualTo("holiday"));
        Assert.That(await AfterAsync("enable"), Is.EqualTo("enabled"));
        Assert.That((await host.PostAsync($"/{webhook}/disable", $$"""{"reason":"{{new string('x', 501)}}"}""")).Fields, Is.EqualTo(new[] { "reason" }));
    }

    [Test]
    public async Task Test_Event_ShowsTheAnswer()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        host.Receiver.Reply(503);
        var answer = await host.PostAsync($"/{webhook}/test", """{"event":"subscriber.created","data":{"id":"42"}}""");
        Assert.That((answer.Data.GetProperty("status_code").GetInt32(), answer.Data.GetProperty("number").GetInt32()), Is.EqualTo((503, 0)), answer.Text);
        Assert.That(host.Receiver.Requests.Single().BodyText, Does.Contain("\"42\""));
        Assert.That((await host.PostAsync($"/{webhook}/test", """{"data":{}}""")).Fields, Is.EqualTo(new[] { "event" }));
        Assert.That((await host.PostAsync($"/{webhook}/test", """{"event":"not well formed!"}""")).Status, Is.EqualTo((HttpStatusCode)422));
    }

    [Test]
    public async Task Deliveries_FilteredAndPaged_LeadToTheAttempts()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        host.Receiver.Reply(400, 200, 200);
        for (var i = 0; i < 3; i++) await PublishAsync(host, drains: true);

        var first = await host.GetAsync($"/{webhook}/deliveries?limit=2");
        var rest = await host.GetAsync($"/deliveries?limit=2&cursor={Uri.EscapeDataString(first.Json.GetProperty("meta").GetProperty("next_cursor").GetString()!)}");
        Assert.That((first.Data.GetArrayLength(), rest.Data.GetArrayLength()), Is.EqualTo((2, 1)));
        var pending = (await host.GetAsync("/deliveries?status=pending")).Data;
        Assert.That(pending.GetArrayLength(), Is.EqualTo(1));
        var id = pending[0].GetProperty("id").GetString();
        var shown = (await host.GetAsync($"/deliveries/{id}")).Data;
        Assert.That(shown.GetProperty("payload").GetProperty("data").GetString(), Is.EqualTo("""{"id":"1"}"""));
        var attempts = (await host.GetAsync($"/deliveries/{id}/attempts")).Data;
        Assert.That((attempts.GetArrayLength(), attempts[0].GetProperty("status_code").GetInt32()), Is.EqualTo((1, 400)));
        Assert.That((await host.GetAsync("/deliveries?to=2029-01-01T00:00:00Z")).Data.GetArrayLength(), Is.Zero);
        Assert.That((await host.GetAsync($"/deliveries?webhook_id={webhook}&from=2029-01-01T00:00:00Z")).Data.GetArrayLength(), Is.EqualTo(3));
    }

    [TestCase("status=odd", "status")]
    [TestCase("from=odd", "from")]
    [TestCase("limit=0", "limit")]
    [TestCase("limit=1001", "limit")]
    [TestCase("cursor=odd", "cursor")]
    [TestCase("event_type=%00", "event_type")]
    [TestCase("status=odd&from=odd&to=odd&limit=x", "from,limit,status,to")]
    public async Task Deliveries_BadQuery_NamesIt(string query, string field)
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.GetAsync($"/deliveries?{query}");
        Assert.That((answer.Status, string.Join(',', answer.Fields)), Is.EqualTo(((HttpStatusCode)422, field)), answer.Text);
    }

    [Test]
    public async Task Resend_Exhausted_GoesAgain()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.CreateAsync("""{"url":"https://example.com/hook","events":["subscriber.created"],"profile":"GitHub"}""");
        host.Receiver.Reply(500, 200);
        var delivery = await PublishAsync(host, drains: true);
        Assert.That((await host.PostAsync($"/deliveries/{delivery}/cancel")).Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await host.PostAsync($"/deliveries/{delivery}/resend")).Data.GetProperty("status").GetString(), Is.EqualTo("pending"));
        await host.Deliveries.DrainAsync();
        Assert.That((await host.GetAsync($"/deliveries/{delivery}")).Data.GetProperty("status").GetString(), Is.EqualTo("succeeded"));
        Assert.That((await host.PostAsync($"/deliveries/{delivery}/resend")).Status, Is.EqualTo(HttpStatusCode.Conflict));
    }

    [Test]
    public async Task Cancel_Pending_EndsIt()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.CreateAsync();
        var delivery = await PublishAsync(host);
        Assert.That((await host.PostAsync($"/deliveries/{delivery}/cancel")).Data.GetProperty("status").GetString(), Is.EqualTo("canceled"));
    }

    [Test]
    public async Task Recover_SinceATime_CountsThem()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync("""{"url":"https://example.com/hook","events":["subscriber.created"],"profile":"GitHub"}""");
        host.Receiver.Reply(500);
        await PublishAsync(host, drains: true);
        Assert.That((await host.PostAsync($"/{webhook}/recover", """{"since":"2029-01-01T00:00:00Z"}""")).Data.GetProperty("recovered").GetInt32(), Is.EqualTo(1));
        Assert.That((await host.PostAsync($"/{webhook}/recover")).Fields, Is.EqualTo(new[] { "since" }));
        Assert.That((await host.PostAsync($"/{webhook}/recover", """{"since":"yesterday"}""")).Fields, Is.EqualTo(new[] { "since" }));
    }

    [Test]
    public async Task Catalogue_Shown_NamesTypesAndProfiles()
    {
        await using var host = await ApiHost.StartAsync(store, o => o.Profiles = ["Svix", "MailerLite"]);
        var types = (await host.GetAsync("/event-types")).Data.EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!, t => t.GetProperty("batching_required").GetBoolean());
        Assert.That((types["campaign.open"], types["subscriber.created"]), Is.EqualTo((true, false)));
        Assert.That((await host.GetAsync("/profiles")).Data.EnumerateArray().Select(p => p.GetProperty("name").GetString()), Is.EqualTo(new[] { "MailerLite", "Svix" }));
        Assert.That((await host.PostAsync("", """{"url":"https://example.com/h","events":["subscriber.created"],"profile":"Slack"}""")).Fields, Is.EqualTo(new[] { "profile" }));
    }

    [Test]
    public async Task Body_TooLarge_IsRefused()
    {
        await using var host = await ApiHost.StartAsync(store, o => o.MaxBodyBytes = 1024);
        Assert.That((await host.PostAsync("", $$"""{"name":"{{new string('x', 2000)}}"}""")).Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public void Map_BadOptions_NamesAllAtOnce() => Assert.That(
        async () => await ApiHost.StartAsync(store, o => (o.PageSize, o.MaxBodyBytes, o.Profiles) = (0, 0, [])),
        Throws.ArgumentException.With.Message.Contains("PageSize").And.Message.Contains("MaxBodyBytes").And.Message.Contains("Profiles"));

    private static string Filled(string path, string webhook, string delivery) =>
        path.Replace("{webhook}", webhook, StringComparison.Ordinal).Replace("{delivery}", delivery, StringComparison.Ordinal);

    private static async Task<string> PublishAsync(ApiHost host, bool drains = false)
    {
        await host.Publisher.PublishAsync("subscriber.created", new { id = "1" }, new PublishOptions { TenantId = "t1" });
        if (drains) await host.Deliveries.DrainAsync();
        return (await host.Deliveries.ListAsync(new DeliveryQuery { TenantId = "t1", Limit = 1 })).Items[0].Id.ToString();
    }
}
