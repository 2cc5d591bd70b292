using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace WebhookKit.AspNetCore.Tests.Receiving;

/// <summary>Who is let in, and what the others are told.</summary>
internal sealed class VerificationTests
{
    [Test]
    public async Task Receive_Signed_IsHandledAndAnsweredWith200()
    {
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o => o.OnAny(arrivals.AddAsync));

        using var response = await host.SendAsync(id: "msg_a");

        await arrivals.WaitAsync();
        var received = arrivals.Events.Single();
        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await response.Content.ReadAsStringAsync(), Is.Empty);
            Assert.That((received.Id, received.Type), Is.EqualTo(("msg_a", "subscriber.created")));
            Assert.That(Encoding.UTF8.GetString(received.Data.Span), Is.EqualTo("""{"email":"ada@example.com"}"""));
        });
    }

    [Test]
    public async Task Receive_TamperedOldFutureUnsignedOrForeign_IsRefusedAlike()
    {
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o => o.OnAny(arrivals.AddAsync));
        var now = host.Clock.GetUtcNow();
        HttpResponseMessage[] responses =
        [
            await host.SendAsync(change: r => r.Content = new StringContent("""{"type":"subscriber.created","data":{"email":"eve@example.com"}}""")),
            await host.SendAsync(at: now - TimeSpan.FromSeconds(301)),
            await host.SendAsync(at: now + TimeSpan.FromSeconds(301)),
            await host.SendAsync(secret: ReceiverHost.OtherSecret),
            await host.SendAsync(change: r => r.Headers.Remove("webhook-signature")),
            await host.SendAsync(change: r => r.Headers.Add("webhook-id", "msg_b")),
            await host.SendAsync(change: r => { r.Headers.Remove("webhook-id"); r.Headers.Add("webhook-id", "another"); }),
        ];

        string[] answers = [.. await Task.WhenAll(responses.Select(async r => $"{(int)r.StatusCode} {await r.Content.ReadAsStringAsync()}"))];
        Assert.Multiple(() =>
        {
            Assert.That(answers.Distinct().Single(), Is.EqualTo("""401 {"type":"about:blank","title":"Unauthorized","status":401,"detail":"The request could not be verified."}"""));
            Assert.That(arrivals.Events, Is.Empty);
            Assert.That(host.Log.Lines.Count(l => l is { Level: LogLevel.Debug, Id.Id: 101 }), Is.EqualTo(responses.Length), "the reason is for the host's eyes");
            Assert.That(host.Log.Lines, Has.None.Matches<(LogLevel, EventId, string Text)>(l => l.Text.Contains(ReceiverHost.Secret, StringComparison.Ordinal)));
        });
        foreach (var response in responses) response.Dispose();
    }

    [Test]
    public async Task Receive_AtTheEdgesOfTheTolerance_IsTaken()
    {
        await using var host = await ReceiverHost.StartAsync(o => { o.OnAny((_, _) => Task.CompletedTask); o.Tolerance = TimeSpan.FromSeconds(10); });
        var now = host.Clock.GetUtcNow();
        Assert.Multiple(async () =>
        {
            Assert.That(await host.StatusOfAsync(at: now - TimeSpan.FromSeconds(10)), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await host.StatusOfAsync(at: now + TimeSpan.FromSeconds(10)), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await host.StatusOfAsync(at: now - TimeSpan.FromSeconds(12)), Is.EqualTo(HttpStatusCode.Unauthorized));
        });
    }

    [Test]
    public async Task Receive_WhileASecretIsRotated_TakesBoth()
    {
        await using var host = await ReceiverHost.StartAsync(o => { o.Secrets.Add(ReceiverHost.OtherSecret); o.OnAny((_, _) => Task.CompletedTask); });
        Assert.Multiple(async () =>
        {
            Assert.That(await host.StatusOfAsync(secret: ReceiverHost.Secret), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await host.StatusOfAsync(secret: ReceiverHost.OtherSecret), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await host.StatusOfAsync(secret: "whsec_" + Convert.ToBase64String(new byte[32])), Is.EqualTo(HttpStatusCode.Unauthorized));
        });
    }

    [Test]
    public async Task Receive_SecretsByTenant_AreThoseOfTheRoute()
    {
        var arrivals = new ReceiverHost.Arrivals();
        var secrets = new Dictionary<string, string> { ["a"] = ReceiverHost.Secret, ["b"] = ReceiverHost.OtherSecret };
        await using var host = await ReceiverHost.StartAsync(map: app => app.MapWebhookReceiver("/hooks/{account}", o =>
        {
            o.ResolveSecrets = context => new(secrets.TryGetValue((string)context.GetRouteValue("account")!, out var secret) ? [secret] : []);
            o.ResolveTenant = context => new((string?)context.GetRouteValue("account"));
            o.Handling = WebhookHandling.BeforeAnswer;
            o.OnAny(arrivals.AddAsync);
        }));

        using var own = await host.SendAsync(path: "/hooks/a", id: "same");
        using var foreign = await host.SendAsync(path: "/hooks/b");
        using var unknown = await host.SendAsync(path: "/hooks/c");
        using var sameId = await host.SendAsync(path: "/hooks/b", id: "same", secret: ReceiverHost.OtherSecret);

        Assert.That(new[] { own, foreign, unknown, sameId }.Select(r => (int)r.StatusCode), Is.EqualTo(new[] { 200, 401, 401, 200 }));
        Assert.That(arrivals.Events.Select(e => e.TenantId), Is.EqualTo(new[] { "a", "b" }), "one tenant's id is not a duplicate of another's");
    }

    [Test]
    public async Task Receive_IdsOfTwoSendersWithoutTenants_AreToldApartByTheRoute()
    {
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o => { o.Handling = WebhookHandling.BeforeAnswer; o.OnAny(arrivals.AddAsync); }, pattern: "/hooks/{account}");
        foreach (var path in (string[])["/hooks/a", "/hooks/b", "/hooks/a"]) (await host.SendAsync(path: path, id: "same")).Dispose();
        Assert.That(arrivals.Events, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Receive_BodyOverTheLimit_Is413WhetherItSaysSoOrNot()
    {
        await using var host = await ReceiverHost.StartAsync(o => { o.MaxBodyBytes = 1000; o.OnAny((_, _) => Task.CompletedTask); });
        var fits = $$"""{"type":"a","data":"{{new string('x', 970)}}"}""";
        Assert.That(fits, Has.Length.LessThan(1001).And.Length.GreaterThan(990));
        using var taken = await host.SendAsync(fits);
        using var tooLarge = await host.SendAsync(new string(' ', 1001));
        using var chunked = await host.SendAsync(change: r => r.Content = new ChunkedContent(new byte[1001]));
        using var chunkedThatFits = await host.SendAsync(fits, change: r => r.Content = new ChunkedContent(Encoding.UTF8.GetBytes(fits)));
        Assert.That(new[] { taken, tooLarge, chunked, chunkedThatFits }.Select(r => (int)r.StatusCode), Is.EqualTo(new[] { 200, 413, 413, 200 }));
    }

    [Test]
    public async Task Receive_BasicCredentials_AreAskedFor()
    {
        await using var host = await ReceiverHost.StartAsync(map: app => app.MapWebhookReceiver("/hooks", o =>
        {
            o.Profile = WebhookProfiles.Raw;
            o.BasicCredentials.Add("ada:old");
            o.BasicCredentials.Add("ada:néw:er");
            o.OnAny((_, _) => Task.CompletedTask);
        }));
        async Task<(int, string)> StatusOf(string? authorization)
        {
            using var response = await host.SendAsync(profile: WebhookProfiles.Raw, change: r => { if (authorization is not null) r.Headers.TryAddWithoutValidation("Authorization", authorization); });
            return ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString());
        }

        static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        Assert.Multiple(async () =>
        {
            Assert.That(await StatusOf(Basic("ada:old")), Is.EqualTo((200, "")));
            Assert.That(await StatusOf(Basic("ada:néw:er").Replace("Basic", "basic", StringComparison.Ordinal)), Is.EqualTo((200, "")));
            foreach (var wrong in (string?[])[null, "", "Basic", "Basic ", Basic("ada:older"), Basic("eve:old"), "Bearer " + Basic("ada:old")[6..], Basic(new string('x', 5000))])
                Assert.That(await StatusOf(wrong), Is.EqualTo((401, "Basic realm=\"webhooks\"")), wrong);
        });
    }

    [Test]
    public async Task Receive_SecretInThePath_IsAskedFor()
    {
        const string Rotated = "0123456789abcdef";
        const string Current = "a secret of many letters";
        await using var host = await ReceiverHost.StartAsync(map: app => app.MapWebhookReceiver("/hooks/{secret}", o =>
        {
            o.Profile = WebhookProfiles.MailUp;
            o.PathSecrets.Add(Rotated);
            o.PathSecrets.Add(Current);
            o.OnAny((_, _) => Task.CompletedTask);
        }));
        async Task<int> StatusOf(string secret)
        {
            using var response = await host.Client.GetAsync($"/hooks/{secret}?evt=Subscribe");
            return (int)response.StatusCode;
        }

        Assert.Multiple(async () =>
        {
            Assert.That(await StatusOf(Rotated), Is.EqualTo(200));
            Assert.That(await StatusOf(Uri.EscapeDataString(Current)), Is.EqualTo(200));
            Assert.That(await StatusOf("0123456789abcdeF"), Is.EqualTo(401));
            Assert.That(await StatusOf(Rotated + "x"), Is.EqualTo(401));
        });
    }

    [Test]
    public async Task Receive_GoneByDelegate_Is410OnceTheSignatureHolds()
    {
        await using var host = await ReceiverHost.StartAsync(o => { o.IsGone = _ => new(true); o.OnAny((_, _) => Task.CompletedTask); });
        Assert.Multiple(async () =>
        {
            Assert.That(await host.StatusOfAsync(), Is.EqualTo(HttpStatusCode.Gone));
            Assert.That(await host.StatusOfAsync(secret: ReceiverHost.OtherSecret), Is.EqualTo(HttpStatusCode.Unauthorized), "strangers learn nothing");
        });
    }

    [Test]
    public async Task Receive_SignedUri_IsThatOfTheRequest()
    {
        var profile = WebhookProfiles.CloudEvents with { Signer = WebhookSigners.HttpMessageSignature() };
        await using var host = await ReceiverHost.StartAsync(o => { o.Profile = profile; o.Secrets.Clear(); o.Secrets.Add("a secret"); o.OnAny((_, _) => Task.CompletedTask); });
        const string Body = """{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1}""";
        static void AsCloudEvent(HttpRequestMessage request)
        {
            request.Content!.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/cloudevents+json");
        }

        var signer = WebhookSigners.HttpMessageSignature(new HttpSignatureOptions { Components = ["@method", "@target-uri", "content-digest"] });
        var loose = profile with { Signer = signer };
        await using var other = await ReceiverHost.StartAsync(o => { o.Profile = loose; o.Secrets.Clear(); o.Secrets.Add("a secret"); o.OnAny((_, _) => Task.CompletedTask); });
        using var taken = await other.SendAsync(Body, secret: "a secret", profile: loose, path: "/hooks?a=%7e&b=c%20d", change: AsCloudEvent);
        using var moved = await other.SendAsync(Body, secret: "a secret", profile: loose, change: r => { AsCloudEvent(r); r.RequestUri = new Uri("http://localhost/hooks?a=b"); });
        Assert.That(new[] { taken, moved }.Select(r => (int)r.StatusCode), Is.EqualTo(new[] { 200, 401 }));
    }

    [Test]
    public async Task Options_Handshake_AllowsTheOriginsNamed()
    {
        await using var host = await ReceiverHost.StartAsync(o => { o.AllowedOrigins.Add("events.example.com"); o.AllowedRequestsPerMinute = 120; o.OnAny((_, _) => Task.CompletedTask); });
        async Task<(int, string?, string?)> AskAsync(string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, "/hooks");
            if (origin is not null) request.Headers.Add("WebHook-Request-Origin", origin);
            using var response = await host.Client.SendAsync(request);
            string? Find(string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
            return ((int)response.StatusCode, Find("WebHook-Allowed-Origin"), Find("WebHook-Allowed-Rate"));
        }

        Assert.Multiple(async () =>
        {
            Assert.That(await AskAsync("Events.example.com"), Is.EqualTo((200, "Events.example.com", "120")));
            Assert.That(await AskAsync("evil.example.com"), Is.EqualTo((403, (string?)null, (string?)null)));
            Assert.That(await AskAsync(null), Is.EqualTo((400, (string?)null, (string?)null)));
        });
    }

    [Test]
    public async Task Options_WithoutOrigins_IsNotAnswered()
    {
        await using var host = await ReceiverHost.StartAsync(o => o.OnAny((_, _) => Task.CompletedTask));
        using var request = new HttpRequestMessage(HttpMethod.Options, "/hooks");
        using var response = await host.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    private sealed class ChunkedContent(byte[] body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
