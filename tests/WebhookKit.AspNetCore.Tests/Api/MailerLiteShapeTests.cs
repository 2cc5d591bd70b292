using System.Net;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>MailerLite's own routes answer in exactly its shapes.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class MailerLiteShapeTests(string store)
{
    private const string Webhook = """{"name":"Mine","url":"https://example.com/hook","events":["subscriber.bounced","subscriber.created"]}""";

    [Test]
    public async Task Create_Webhook_AnswersWithItsSecret()
    {
        await using var host = await ApiHost.StartAsync(store);
        var answer = await host.PostAsync("", Webhook);
        var secret = answer.Data.GetProperty("secret").GetString()!;
        var id = answer.Data.GetProperty("id").GetString()!;

        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(answer.Location, Is.EqualTo($"http://localhost/api/webhooks/{id}"));
            Assert.That(ulong.TryParse(id, out _), "ids are decimal strings");
            Assert.That(secret, Is.Not.Empty);
            Assert.That(answer.Text, Is.EqualTo($$"""{"data":{{ShapeOf(id, secret)}}}"""));
        });
    }

    [Test]
    public async Task Show_Webhook_HidesItsSecret()
    {
        await using var host = await ApiHost.StartAsync(store);
        var id = await host.CreateAsync(Webhook);
        var answer = await host.GetAsync($"/{id}");
        Assert.That((answer.Status, answer.Text), Is.EqualTo((HttpStatusCode.OK, $$"""{"data":{{ShapeOf(id, null)}}}""")));
    }

    [Test]
    public async Task Show_WithSecretsAlwaysShown_ShowsIt()
    {
        await using var host = await ApiHost.StartAsync(store, o => o.AlwaysShowSecrets = true);
        var created = await host.PostAsync("", Webhook);
        var answer = await host.GetAsync($"/{created.Data.GetProperty("id").GetString()}");
        Assert.That(answer.Text, Is.EqualTo(created.Text));
    }

    [Test]
    public async Task List_Webhooks_HasLinksAndMeta()
    {
        await using var host = await ApiHost.StartAsync(store);
        var ids = new[] { await host.CreateAsync(Webhook), await host.CreateAsync(Webhook), await host.CreateAsync(Webhook) }.Order(StringComparer.Ordinal).ToArray();
        var answer = await host.GetAsync("?limit=2&page=1");
        var expected = """
            {"data":[FIRST,SECOND],"links":{"first":"URL?page=1&limit=2","last":"URL?page=2&limit=2","prev":null,"next":"URL?page=2&limit=2"},"meta":{"current_page":1,"from":1,"last_page":2,"links":[{"url":null,"label":"&laquo; Previous","active":false},{"url":"URL?page=1&limit=2","label":"1","active":true},{"url":"URL?page=2&limit=2","label":"2","active":false},{"url":"URL?page=2&limit=2","label":"Next &raquo;","active":false}],"path":"URL","per_page":2,"to":2,"total":3}}
            """
            .Replace("FIRST", ShapeOf(ids[0], null), StringComparison.Ordinal)
            .Replace("SECOND", ShapeOf(ids[1], null), StringComparison.Ordinal)
            .Replace("URL", "http://localhost/api/webhooks", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal);
        Assert.That(answer.Text, Is.EqualTo(expected));
        Assert.That((await host.GetAsync("?limit=2&page=2")).Data.EnumerateArray().Select(w => w.GetProperty("id").GetString()), Is.EqualTo(new[] { ids[2] }));
    }

    [Test]
    public async Task List_NoWebhooks_IsOneEmptyPageOfFifty()
    {
        await using var host = await ApiHost.StartAsync(store);
        var meta = (await host.GetAsync("")).Json.GetProperty("meta");
        Assert.That(
            string.Join(' ', new[] { "current_page", "from", "last_page", "per_page", "to", "total" }.Select(n => $"{n}={meta.GetProperty(n).GetRawText()}")),
            Is.EqualTo("current_page=1 from=null last_page=1 per_page=50 to=null total=0"));
    }

    [Test]
    public async Task Update_SomeFields_KeepsTheOthers()
    {
        await using var host = await ApiHost.StartAsync(store);
        var id = await host.CreateAsync(Webhook);
        var answer = await host.PutAsync($"/{id}", """{"name":"Yours","enabled":false}""");
        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
            Assert.That(answer.Data.GetProperty("name").GetString(), Is.EqualTo("Yours"));
            Assert.That(answer.Data.GetProperty("enabled").GetBoolean(), Is.False);
            Assert.That(answer.Data.GetProperty("url").GetString(), Is.EqualTo("https://example.com/hook"));
        });
        Assert.That((await host.PutAsync($"/{id}", """{"enabled":true}""")).Data.GetProperty("enabled").GetBoolean(), Is.True);
    }

    [Test]
    public async Task Delete_Webhook_AnswersNothing()
    {
        await using var host = await ApiHost.StartAsync(store);
        var id = await host.CreateAsync(Webhook);
        var answer = await host.DeleteAsync($"/{id}");
        Assert.That((answer.Status, answer.Text), Is.EqualTo((HttpStatusCode.NoContent, "")));
        Assert.That((await host.GetAsync($"/{id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Create_EventThatNeedsBatching_IsRefusedUnlessBatchable()
    {
        await using var host = await ApiHost.StartAsync(store);
        const string fields = """
            "url":"https://example.com/hook","events":["campaign.open"]
            """;
        var refused = await host.PostAsync("", $"{{{fields}}}");
        Assert.That((refused.Status, string.Join(',', refused.Fields)), Is.EqualTo(((HttpStatusCode)422, "events")), refused.Text);
        Assert.That((await host.PostAsync("", $$"""{{{fields}},"batchable":true,"profile":"MailerLite"}""")).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    private static string ShapeOf(string id, string? secret) =>
        $$"""{"id":"{{id}}","name":"Mine","url":"https://example.com/hook","events":["subscriber.bounced","subscriber.created"],"enabled":true,"secret":{{(secret is null ? "null" : $"\"{secret.Replace("+", "\\u002B", StringComparison.Ordinal)}\"")}},"created_at":"2030-01-01 00:00:00","updated_at":"2030-01-01 00:00:00"}""";
}
