using System.Net;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>Whatever stands in a field is refused in words, or kept as the text that it is.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class HostileInputTests(string store)
{
    private static readonly (string Name, string Text)[] Hostile =
    [
        ("script", "<script>alert('x')</script>"),
        ("quotes", "'; DROP TABLE webhook_subscription; --\"`\\"),
        ("right to left", "\u202egpj.exe\u202c\u200f\u2066x\u2069"),
        ("controls", "a\u0001b\u0007c\u001b[31md\u007f\r\ne\tf"),
        ("zero", "a\0b"),
        ("combining", "Z\u0351\u036b\u0343\u036a\u0302" + new string('\u0301', 60)),
        ("emoji", "👩‍👩‍👧‍👦 \ufdd0 \ufffe"),
        ("percent", "%00%0d%0a../../%2e%2e{0}${x}[Email]"),
        ("long", new string('x', 10_000)),
        ("long and wide", new string('\u4e2d', 10_000)),
    ];

    /// <summary>Each field, with the text in it.</summary>
    private static readonly (string Field, Func<string, object?> Value)[] Fields =
    [
        ("name", text => text),
        ("url", text => text),
        ("url", text => $"https://example.com/{text}"),
        ("url", text => $"https://{text}.example.com/"),
        ("events", text => new[] { text }),
        ("profile", text => text),
        ("secret", text => text),
        ("order", text => text),
        ("settings", text => new Dictionary<string, string> { [text] = "x" }),
        ("settings", text => new Dictionary<string, string> { ["account_id"] = text }),
        ("headers", text => new Dictionary<string, string> { [text] = "x" }),
        ("headers", text => new Dictionary<string, string> { ["X-Key"] = text }),
        ("filter", text => new { attribute = text, equalTo = "x" }),
        ("filter", text => new { attribute = "a", equalTo = text }),
        ("filter", text => new { data = text, equalTo = "x" }),
    ];

    [Test]
    public async Task Create_AnyTextInAnyField_IsRefusedOrKept()
    {
        await using var host = await ApiHost.StartAsync(store);
        var kept = 0;
        foreach (var (name, text) in Hostile)
        {
            foreach (var (field, value) in Fields)
            {
                Dictionary<string, object?> body = new() { ["url"] = "https://example.com/h", ["events"] = new[] { "subscriber.created" }, ["profile"] = "MailerLiteClassic", [field] = value(text) };
                var answer = await host.PostAsync("?view=full", JsonSerializer.Serialize(body));
                if (answer.Status == HttpStatusCode.Created)
                {
                    kept++;
                    var shown = (await host.GetAsync($"/{answer.Data.GetProperty("id").GetString()}?view=full")).Data;
                    Assert.That(Canonical(shown.GetProperty(field)), Is.EqualTo(Canonical(answer.Data.GetProperty(field))).Or.EqualTo("null"), $"{name} in {field}");
                    if (field == "name") Assert.That(shown.GetProperty("name").GetString(), Is.EqualTo(text));
                }
                else
                {
                    Assert.That((int)answer.Status, Is.EqualTo(422), $"{name} in {field}: {answer.Text}");
                    Assert.That(answer.Fields, Is.EqualTo(new[] { field }), $"{name} in {field}: {answer.Text}");
                    Assert.That(answer.Text, Has.Length.LessThan(80_000), $"{name} in {field}");
                }
            }
        }

        Assert.That(kept, Is.GreaterThan(20));
        Assert.That((await host.GetAsync("?view=full&include=health&cursor=&limit=1000")).Data.GetArrayLength(), Is.EqualTo(kept));
    }

    [Test]
    public async Task EachOtherField_AnyText_IsNoFaultOfOurs()
    {
        await using var host = await ApiHost.StartAsync(store, o => o.ListScopes = _ => new([new WebhookScope("t3", "Third")]));
        var webhook = await host.CreateAsync();
        foreach (var (name, text) in Hostile)
        {
            var json = JsonSerializer.Serialize(text);
            foreach (var (path, body) in ((string, string)[])
                     [
                         ("disable", $$"""{"reason":{{json}}}"""), ("rotate-secret", $$"""{"secret":{{json}}}"""), ("recover", $$"""{"since":{{json}}}"""),
                         ("test", $$"""{"event":{{json}}}"""), ("test", $$"""{"event":"subscriber.created","data":{{json}}}"""),
                         ("copy", $$"""{"scope":{{json}}}"""), ("copy", $$"""{"scope":"t3","name":{{json}}}"""),
                     ])
            {
                var answer = await host.PostAsync($"/{webhook}/{path}?view=full", body);
                Assert.That((int)answer.Status, Is.EqualTo(422).Or.EqualTo(200).Or.EqualTo(201).Or.EqualTo(409), $"{name} in {path}: {answer.Text}");
                if (path == "disable" && answer.Status == HttpStatusCode.OK) Assert.That(answer.Data.GetProperty("status_reason").GetString(), Is.EqualTo(text));
                await host.PostAsync($"/{webhook}/enable");
            }

            var escaped = Uri.EscapeDataString(text);
            foreach (var query in (string[])
                     [
                         $"?search={escaped}", $"?cursor={escaped}", $"?cursor=&search={escaped}", $"?status={escaped}", $"?include={escaped}", $"?view={escaped}", $"?page={escaped}",
                         $"/deliveries?webhook_id={escaped}", $"/deliveries?event_id={escaped}", $"/deliveries?event_type={escaped}", $"/deliveries?cursor={escaped}",
                         $"/deliveries?from={escaped}", $"/statistics?from={escaped}", $"/statistics?step_seconds={escaped}", $"/statistics/webhooks?to={escaped}",
                     ])
            {
                var answer = await host.GetAsync(query);
                Assert.That((int)answer.Status, Is.EqualTo(422).Or.EqualTo(200), $"{name} in {query[..Math.Min(40, query.Length)]}: {answer.Text}");
            }

            // Servers refuse that one themselves.
            if (text.Contains('\0', StringComparison.Ordinal)) continue;
            foreach (var path in (string[])[$"/x{escaped}", $"/x{escaped}/statistics", $"/deliveries/x{escaped}", $"/deliveries/x{escaped}/request"])
                Assert.That((int)(await host.GetAsync(path)).Status, Is.EqualTo(404).Or.EqualTo(400), $"{name} in the path");
        }
    }

    private static string Canonical(JsonElement value) => JsonSerializer.Serialize(value);
}
