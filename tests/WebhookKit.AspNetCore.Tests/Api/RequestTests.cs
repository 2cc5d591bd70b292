using System.Net;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>A request is shown as it is sent, without what is secret.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class RequestTests(string store)
{
    [Test]
    public async Task Request_OfADelivery_IsWhatIsSent()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.CreateAsync("""{"url":"https://example.com/h?q=1","events":["subscriber.created"],"profile":"StandardWebhooks","headers":{"X-Key":"very-secret"}}""");
        var delivery = await PublishAsync(host);
        var shown = (await host.GetAsync($"/deliveries/{delivery}/request")).Data;
        await host.Deliveries.DrainAsync();
        var sent = host.Receiver.Requests.Single();

        Assert.That((shown.GetProperty("method").GetString(), shown.GetProperty("url").GetString()), Is.EqualTo((sent.Method.Method, sent.Uri.AbsoluteUri)));
        Assert.That(shown.GetProperty("body").GetString(), Is.EqualTo(sent.BodyText));
        var headers = shown.GetProperty("headers").EnumerateObject().ToDictionary(h => h.Name, h => h.Value.GetString(), StringComparer.OrdinalIgnoreCase);
        Assert.That(headers.Keys, Is.SubsetOf(sent.Headers.Keys));
        Assert.That(headers["webhook-signature"], Is.EqualTo("(signed at each attempt)"));
        Assert.That(headers["X-Key"], Is.EqualTo("(hidden)"));
        Assert.That(headers["Content-Type"], Is.EqualTo(sent.Headers["Content-Type"]));
        Assert.That(shown.GetRawText(), Does.Not.Contain("very-secret"));
        Assert.That((await host.GetAsync($"/deliveries/{delivery}/request")).Status, Is.EqualTo(HttpStatusCode.OK), "also when it has succeeded");
        Assert.That(host.Receiver.Requests, Has.Count.EqualTo(1), "nothing is sent by looking");
    }

    [Test]
    public async Task Request_PasswordsAndKeys_AreHidden()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.CreateAsync("""{"url":"https://ada:pass-word@example.com/h","events":["subscriber.created"],"profile":"Mailjet"}""");
        var shown = (await host.GetAsync($"/deliveries/{await PublishAsync(host)}/request")).Data;
        Assert.That(shown.GetProperty("headers").GetProperty("Authorization").GetString(), Is.EqualTo("(hidden)"));
        Assert.That(shown.GetRawText(), Does.Not.Contain("pass-word").And.Not.Contain(Convert.ToBase64String("ada:pass-word"u8)));
        Assert.That(shown.GetProperty("body").GetString(), Does.StartWith("["), "a batch is shown as one");
    }

    [Test]
    public async Task Request_WebhookGone_SaysSo()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        var delivery = await PublishAsync(host);
        await host.DeleteAsync($"/{webhook}");
        Assert.That((await host.GetAsync($"/deliveries/{delivery}/request")).Status, Is.EqualTo(HttpStatusCode.Conflict));
    }

    [Test]
    public async Task Test_Answered_ShowsRequestAndAnswer()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync("""{"url":"https://example.com/h","events":["subscriber.created"],"profile":"StandardWebhooks","headers":{"X-Key":"very-secret"}}""");
        host.Receiver.Default.Reply(new ScriptedReply(503) { Body = "not now", Headers = { ["Retry-After"] = "7", ["X-Long"] = new string('x', 3000) } });
        var answer = await host.PostAsync($"/{webhook}/test", """{"event":"subscriber.created","data":{"id":"42"}}""");
        var (request, response) = (answer.Data.GetProperty("request"), answer.Data.GetProperty("response"));
        Assert.That(request.GetProperty("body").GetString(), Is.EqualTo(host.Receiver.Requests.Single().BodyText));
        Assert.That(request.GetProperty("headers").GetProperty("webhook-signature").GetString(), Is.EqualTo("(signed at each attempt)"));
        Assert.That((response.GetProperty("status_code").GetInt32(), response.GetProperty("body").GetString()), Is.EqualTo((503, "not now")));
        Assert.That(response.GetProperty("headers").GetProperty("Retry-After").GetString(), Is.EqualTo("7"));
        Assert.That(response.GetProperty("headers").GetProperty("X-Long").GetString(), Has.Length.EqualTo(1024));
        Assert.That(answer.Text, Does.Not.Contain("very-secret").And.Not.Contain((await host.Subscriptions.GetAsync(webhook))!.Secrets[0].Value));
        Assert.That((await host.GetAsync("/statistics")).Data.GetProperty("totals").GetProperty("failed_attempts").GetInt32(), Is.Zero, "a test does not count");
    }

    [Test]
    public async Task Attempts_Pending_SayWhenTheNextIs()
    {
        await using var host = await ApiHost.StartAsync(store);
        await host.CreateAsync();
        host.Receiver.Reply(500, 502, 200);
        var delivery = await PublishAsync(host);
        await host.Deliveries.DrainAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.Deliveries.DrainAsync();

        var next = (await host.GetAsync($"/deliveries/{delivery}")).Data.GetProperty("next_attempt_at");
        var attempts = (await host.GetAsync($"/deliveries/{delivery}/attempts")).Data.EnumerateArray().ToArray();
        Assert.That(attempts.Select(a => (a.GetProperty("number").GetInt32(), a.GetProperty("status_code").GetInt32(), a.GetProperty("outcome").GetString())), Is.EqualTo(new[] { (1, 500, "error_status"), (2, 502, "error_status") }));
        Assert.That(attempts.Select(a => a.GetProperty("next_attempt_at").ToString()), Is.EqualTo(new[] { "", next.GetString() }));
        Assert.That(attempts[0].GetProperty("at").GetDateTimeOffset(), Is.EqualTo(host.Clock.GetUtcNow() - TimeSpan.FromMinutes(10)));

        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.Deliveries.DrainAsync();
        Assert.That((await host.GetAsync($"/deliveries/{delivery}")).Data.GetProperty("next_attempt_at").GetString(), Is.Null);
        Assert.That((await host.GetAsync($"/deliveries/{delivery}/attempts")).Data.EnumerateArray().Select(a => a.GetProperty("next_attempt_at").GetString()), Is.All.Null);
    }

    [Test]
    public async Task Deliveries_ByType_AreThoseOnly()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync("""{"url":"https://example.com/h","events":["subscriber.created","subscriber.updated"]}""");
        foreach (var type in new[] { "subscriber.created", "subscriber.updated", "subscriber.created" })
            await host.Publisher.PublishAsync(type, new { id = "1" }, new PublishOptions { TenantId = "t1" });
        foreach (var path in new[] { "/deliveries", $"/{webhook}/deliveries" })
        {
            Assert.That((await host.GetAsync($"{path}?event_type=subscriber.created")).Data.EnumerateArray().Select(d => d.GetProperty("event").GetString()), Is.EqualTo(new[] { "subscriber.created", "subscriber.created" }));
            Assert.That((await host.GetAsync($"{path}?event_type=subscriber.*")).Data.GetArrayLength(), Is.Zero);
        }
    }

    private static async Task<string> PublishAsync(ApiHost host)
    {
        await host.Publisher.PublishAsync("subscriber.created", new { id = "1" }, new PublishOptions { TenantId = "t1" });
        return (await host.Deliveries.ListAsync(new DeliveryQuery { TenantId = "t1", Limit = 1 })).Items[0].Id.ToString();
    }
}
