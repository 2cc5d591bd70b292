using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>The description of the API says what the API does.</summary>
internal sealed class OpenApiTests
{
    [Test]
    public async Task Description_Routes_AreThoseThatAreMapped()
    {
        await using var host = await ApiHost.StartAsync();
        var described = (await host.GetAsync("/openapi.json")).Json.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name.ToUpperInvariant()} {p.Name.TrimEnd('/')}"));
        var mapped = host.Endpoints.Where(e => e.RoutePattern.RawText!.StartsWith("/api/webhooks", StringComparison.Ordinal))
            .Select(e => $"{e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {e.RoutePattern.RawText!["/api/webhooks".Length..].TrimEnd('/')}");
        Assert.That(described, Is.EquivalentTo(mapped));
    }

    [Test]
    public async Task Description_Server_IsWhereItWasMapped()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.That((await host.GetAsync("/openapi.json")).Json.GetProperty("servers")[0].GetProperty("url").GetString(), Is.EqualTo("http://localhost/api/webhooks"));
    }

    [Test]
    public async Task Description_EachAnswer_IsAsDescribed()
    {
        await using var host = await ApiHost.StartAsync(configure: o => o.ListScopes = _ => new([new WebhookScope("t9", "Another")]));
        var description = (await host.GetAsync("/openapi.json")).Json;
        HashSet<string> sent = [];
        List<string> faults = [];
        async Task<ApiHost.Answer> SendAsync(string method, string template, string path, string? body = null)
        {
            var answer = await host.SendAsync(new HttpMethod(method), path, body);
            sent.Add($"{method} {template}");
            var responses = description.GetProperty("paths").GetProperty(template).GetProperty(method.ToLowerInvariant()).GetProperty("responses");
            var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
            if (!responses.TryGetProperty(status, out var response)) faults.Add($"{method} {template}: {status} is not described");
            else if (JsonSchema.Resolve(description, response).TryGetProperty("content", out var content))
                faults.AddRange(JsonSchema.FindFaults(description, content.EnumerateObject().Single().Value.GetProperty("schema"), answer.Json).Select(f => $"{method} {template} {status}: {f}"));
            else if (answer.Text.Length > 0) faults.Add($"{method} {template} {status}: a body is not described");
            return answer;
        }

        host.Receiver.Reply(500, 200);
        var created = await SendAsync("POST", "/", "?view=full", """{"url":"https://example.com/h","events":["subscriber.created"],"profile":"GitHub","batching":null,"rate_limit":{"requests":5,"per_ms":1000}}""");
        var id = created.Data.GetProperty("id").GetString();
        await host.Publisher.PublishAsync("subscriber.created", new { id = "1" }, new PublishOptions { TenantId = "t1" });
        await host.Deliveries.DrainAsync();
        foreach (var view in new[] { "", "?view=full", "?view=full&include=health" })
        {
            await SendAsync("GET", "/", view);
            await SendAsync("GET", "/{id}", $"/{id}{view}");
            await SendAsync("PUT", "/{id}", $"/{id}{view}", """{"name":"n"}""");
        }

        var deliveries = await SendAsync("GET", "/deliveries", "/deliveries");
        var delivery = deliveries.Data[0].GetProperty("id").GetString();
        await SendAsync("GET", "/{id}/deliveries", $"/{id}/deliveries?limit=1");
        await SendAsync("GET", "/", "?cursor=&include=health&search=example&status=enabled");
        await SendAsync("GET", "/", "?include=odd");
        await SendAsync("GET", "/deliveries/{id}", $"/deliveries/{delivery}");
        await SendAsync("GET", "/deliveries/{id}/request", $"/deliveries/{delivery}/request");
        await SendAsync("GET", "/deliveries/{id}/request", "/deliveries/odd/request");
        await SendAsync("GET", "/statistics", "/statistics");
        await SendAsync("GET", "/statistics", "/statistics?step_seconds=7");
        await SendAsync("GET", "/statistics/webhooks", "/statistics/webhooks");
        await SendAsync("GET", "/{id}/statistics", $"/{id}/statistics?step_seconds=300");
        await SendAsync("GET", "/scopes", "/scopes");
        await SendAsync("POST", "/{id}/copy", $"/{id}/copy", """{"scope":"t9","name":null}""");
        await SendAsync("POST", "/{id}/copy", $"/{id}/copy", """{"scope":"t1"}""");
        await SendAsync("GET", "/deliveries/{id}/attempts", $"/deliveries/{delivery}/attempts");
        await SendAsync("POST", "/deliveries/{id}/cancel", $"/deliveries/{delivery}/cancel");
        await SendAsync("POST", "/deliveries/{id}/resend", $"/deliveries/{delivery}/resend");
        await SendAsync("POST", "/deliveries/{id}/cancel", $"/deliveries/{delivery}/cancel");
        foreach (var change in new[] { "enable", "disable", "pause", "enable", "pause", "rotate-secret", "test" }) await SendAsync("POST", $"/{{id}}/{change}", $"/{id}/{change}");
        await SendAsync("POST", "/{id}/recover", $"/{id}/recover", """{"since":"2029-01-01T00:00:00Z"}""");
        await SendAsync("POST", "/", "", "{}");
        await SendAsync("GET", "/event-types", "/event-types");
        await SendAsync("GET", "/profiles", "/profiles");
        host.Receiver.Default.Drop();
        await SendAsync("POST", "/{id}/test", $"/{id}/test");
        await SendAsync("DELETE", "/{id}", $"/{id}");
        await SendAsync("GET", "/{id}", $"/{id}");
        await SendAsync("GET", "/deliveries/{id}/request", $"/deliveries/{delivery}/request");
        Assert.That(faults, Is.Empty);
        var described = description.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}"));
        Assert.That(sent, Is.EquivalentTo(described.Except(["GET /openapi.json"])), "what was sent");
    }

    [Test]
    public async Task Description_Inputs_AreTheFieldsThatAreRead()
    {
        await using var host = await ApiHost.StartAsync();
        var fields = (await host.GetAsync("/openapi.json")).Json.GetProperty("components").GetProperty("schemas").GetProperty("NewWebhook").GetProperty("properties")
            .EnumerateObject().Select(p => p.Name).Except(["filter"]).ToArray();

        // Each is refused when it is of a kind that none of them takes.
        var answer = await host.PostAsync("", JsonSerializer.Serialize(fields.ToDictionary(f => f, f => f is "max_concurrency" ? (object)"x" : 5.5)));
        Assert.That(answer.Fields, Is.EquivalentTo(fields), answer.Text);
    }
}
