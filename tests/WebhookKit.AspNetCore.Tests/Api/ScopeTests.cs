using System.Net;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>A webhook is copied to another of the user's scopes, and nowhere else.</summary>
[TestFixture("memory")]
[TestFixture("sqlite")]
internal sealed class ScopeTests(string store)
{
    private const string Whole = """
        {"name":"n","url":"https://example.com/h?a=b","events":["subscriber.*"],"profile":"Svix","order":"per_key","max_concurrency":3,"batchable":true,
         "rate_limit":{"requests":5,"per_ms":1000},"headers":{"X-Key":"very-secret"},"filter":{"attribute":"a","equalTo":"b"},"enabled":false}
        """;

    [Test]
    public async Task Scopes_NoneGiven_AreNone()
    {
        await using var host = await ApiHost.StartAsync(store);
        var webhook = await host.CreateAsync();
        Assert.That((await host.GetAsync("/scopes")).Data.GetArrayLength(), Is.Zero);
        Assert.That((await host.PostAsync($"/{webhook}/copy", """{"scope":"t1"}""")).Fields, Is.EqualTo(new[] { "scope" }));
    }

    [Test]
    public async Task Copy_ToAnother_HasAllButTheSecret()
    {
        await using var host = await StartAsync();
        Assert.That((await host.GetAsync("/scopes")).Data.GetRawText(), Is.EqualTo("""[{"id":"t1","name":"First"},{"id":"t3","name":"Third"}]"""));
        var webhook = await host.CreateAsync(Whole);
        var copied = await host.PostAsync($"/{webhook}/copy?view=full", """{"scope":"t3"}""");
        Assert.That(copied.Status, Is.EqualTo(HttpStatusCode.Created), copied.Text);
        var (original, copy) = ((await host.Subscriptions.GetAsync(webhook))!, (await host.Subscriptions.GetAsync(copied.Data.GetProperty("id").GetString()!))!);

        Assert.That(copy.TenantId, Is.EqualTo("t3"));
        Assert.That(copied.Data.GetProperty("secret").GetString(), Is.EqualTo(copy.Secrets.Single().Value).And.Not.EqualTo(original.Secrets[0].Value));
        Assert.That(copied.Text, Does.Not.Contain("very-secret"));
        Assert.That(
            (copy.Name, copy.Url, copy.Profile, copy.Order, copy.MaxConcurrency, copy.RateLimit, copy.Batching, copy.Filter!.ToJson(), copy.Headers["X-Key"], copy.Status),
            Is.EqualTo((original.Name, original.Url, original.Profile, original.Order, original.MaxConcurrency, original.RateLimit, original.Batching, original.Filter!.ToJson(), "very-secret", SubscriptionStatus.Disabled)));
        Assert.That(copy.EventTypes, Is.EqualTo(original.EventTypes));
        Assert.That((await host.GetAsync($"/{copy.Id}")).Status, Is.EqualTo(HttpStatusCode.NotFound), "it is the other scope's");
        Assert.That((await host.GetAsync($"/{copy.Id}", "t3")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Copy_NameAndBatching_AreAsSaid()
    {
        await using var host = await StartAsync();
        var webhook = await host.CreateAsync("""{"name":"n","url":"https://ada:pass-word@example.com/h","events":["open"],"profile":"Mailjet"}""");
        await host.PutAsync($"/{webhook}", """{"batchable":false}""");
        var named = await host.PostAsync($"/{webhook}/copy?view=full", """{"scope":"t1","name":"other"}""");
        Assert.That((named.Data.GetProperty("name").GetString(), named.Data.GetProperty("batchable").GetBoolean()), Is.EqualTo(("other", false)), named.Text);
        Assert.That((await host.PostAsync($"/{webhook}/copy", """{"scope":"t1","name":null}""")).Data.GetProperty("name").GetString(), Is.Null);

        // A password is not made anew, and not shown.
        Assert.That(named.Text, Does.Not.Contain("pass-word"));
        Assert.That((await host.Subscriptions.GetAsync(named.Data.GetProperty("id").GetString()!))!.Secrets[0].Value, Does.Contain("pass-word"));
    }

    [TestCase("{}", "scope")]
    [TestCase("""{"scope":null}""", "scope")]
    [TestCase("""{"scope":"t2"}""", "scope")]
    [TestCase("""{"scope":"T3","name":""}""", "scope")]
    [TestCase("""{"scope":5,"name":5}""", "name,scope")]
    public async Task Copy_BadInput_IsRefusedAndCopiesNothing(string body, string fields)
    {
        await using var host = await StartAsync();
        var webhook = await host.CreateAsync();
        var answer = await host.PostAsync($"/{webhook}/copy", body);
        Assert.That((answer.Status, string.Join(',', answer.Fields)), Is.EqualTo(((HttpStatusCode)422, fields)), answer.Text);
        Assert.That(await host.Subscriptions.CountAsync(new SubscriptionQuery { AllTenants = true }), Is.EqualTo(1));
    }

    [Test]
    public async Task Copy_NameTooLong_IsNamedWithTheScope()
    {
        await using var host = await StartAsync();
        var webhook = await host.CreateAsync();
        var answer = await host.PostAsync($"/{webhook}/copy", $$"""{"scope":"nowhere","name":"{{new string('x', 201)}}"}""");
        Assert.That(answer.Fields, Is.EqualTo(new[] { "name", "scope" }), answer.Text);
    }

    private Task<ApiHost> StartAsync() => ApiHost.StartAsync(store, o => o.ListScopes = _ => new([new WebhookScope("t1", "First"), new WebhookScope("t3", "Third")]));
}
