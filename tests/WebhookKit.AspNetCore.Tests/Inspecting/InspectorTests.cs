using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Inspecting;

internal sealed partial class InspectorTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Test]
    public async Task Capture_AnyMethodAndPath_IsListedWithHeadersAndBody()
    {
        await using var host = await Host.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/inspect/in/mine/a/b?c=d%20e") { Content = new StringContent("häh", Encoding.UTF8, "text/plain") };
        request.Headers.Add("X-Two", ["1", "2"]);
        using var response = await host.Client.SendAsync(request);
        var captured = (await host.ListAsync("mine")).EnumerateArray().Single();
        Assert.Multiple(() =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That($"{captured.GetProperty("method")} {captured.GetProperty("path")} {captured.GetProperty("body_kind")} {captured.GetProperty("body")} {captured.GetProperty("body_length")}", Is.EqualTo("PATCH /a/b?c=d%20e text häh 4"));
            Assert.That(captured.GetProperty("headers").EnumerateArray().Select(h => $"{h[0]}: {h[1]}"), Does.Contain("X-Two: 1").And.Contain("X-Two: 2"));
            Assert.That(captured.GetProperty("verification").GetProperty("status").GetString(), Is.EqualTo("unchecked"));
        });
    }

    [TestCase("""{"b":12345678901234567890.10,"a":["é\u202e"]}""", "json", "{\n  \"b\": 12345678901234567890.10,\n  \"a\": [\n    \"é\u202e\"\n  ]\n}")]
    [TestCase("{\"a\":\"\\ud800\"}", "text", "{\"a\":\"\\ud800\"}")]
    [TestCase("<script>alert(1)</script>", "text", "<script>alert(1)</script>")]
    [TestCase("", "empty", "")]
    public async Task Capture_Bodies_AreShownAsTheyAre(string body, string kind, string shown)
    {
        await using var host = await Host.StartAsync();
        using var response = await host.Client.PostAsync("/inspect/in/x", new StringContent(body));
        var captured = (await host.ListAsync("x"))[0];
        Assert.That((captured.GetProperty("body_kind").GetString(), captured.GetProperty("body").GetString()!.ReplaceLineEndings("\n")), Is.EqualTo((kind, shown)));
    }

    [Test]
    public async Task Capture_Binary_IsShownInHexadecimal()
    {
        await using var host = await Host.StartAsync();
        using var response = await host.Client.PostAsync("/inspect/in/x", new ByteArrayContent([0xff, 0, (byte)'A', .. new byte[16]]));
        var captured = (await host.ListAsync("x"))[0];
        Assert.That(captured.GetProperty("body_kind").GetString(), Is.EqualTo("binary"));
        Assert.That(captured.GetProperty("body").GetString(), Does.StartWith("00000000  ff 00 41 00").And.Contain("..A.............\n00000010  00 00 00 "));
    }

    [Test]
    public async Task Capture_SignedUnderTheProfileOfTheOptions_SaysWhetherItHolds()
    {
        await using var host = await Host.StartAsync(o => { o.Profile = WebhookProfiles.StandardWebhooks; o.Secrets.Add(Secret); });
        foreach (var secret in (string[])[Secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]) await host.SendSignedAsync("x", secret);
        var captured = (await host.ListAsync("x")).EnumerateArray().Select(c => c.GetProperty("verification")).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(captured.Select(c => c.GetProperty("status").GetString()), Is.EqualTo(new[] { "valid", "invalid" }));
            Assert.That(captured[0].GetProperty("events")[0].GetProperty("type").GetString(), Is.EqualTo("a.b"));
            Assert.That(captured[1].GetProperty("message").GetString(), Does.Contain("No signature"));
        });
        Assert.That(await host.Client.GetStringAsync("/inspect/api/x/settings"), Does.Contain("\"has_secret\":true").And.Not.Contain(Secret));
    }

    [Test]
    public async Task Settings_ChosenOnThePage_AreUsedAndTheSecretIsNeverShown()
    {
        await using var host = await Host.StartAsync();
        var set = await host.SetAsync("x", $$"""{"status":503,"delay_ms":0,"profile":"StandardWebhooks","secret":"{{Secret}}"}""");
        var kept = await host.SetAsync("x", """{"status":500,"delay_ms":0,"profile":"StandardWebhooks"}""");
        Assert.That(await host.SendSignedAsync("x", Secret), Is.EqualTo(HttpStatusCode.InternalServerError));
        var verification = (await host.ListAsync("x"))[0].GetProperty("verification");
        Assert.Multiple(() =>
        {
            Assert.That(set, Does.StartWith("OK").And.Contain("\"has_secret\":true").And.Not.Contain(Secret));
            Assert.That(kept, Does.Contain("\"has_secret\":true"));
            Assert.That(verification.GetProperty("status").GetString(), Is.EqualTo("valid"));
        });
        Assert.That(await host.SetAsync("x", """{"status":200,"delay_ms":0,"profile":"GitHub"}"""), Does.Contain("\"has_secret\":false"), "a secret is not another profile's");
    }

    [TestCase("""{"status":99,"delay_ms":0,"profile":""}""", "Use 200 to 599")]
    [TestCase("""{"status":200,"delay_ms":60001,"profile":""}""", "Use 0 to 60000")]
    [TestCase("""{"status":200,"delay_ms":0,"profile":"<b>"}""", "no such profile")]
    [TestCase("""{"status":200,"delay_ms":0,"profile":"StandardWebhooks","secret":"guess"}""", "Secret 1 of 1 cannot be used")]
    [TestCase("""{"status":"x"}""", "expected form")]
    [TestCase("""not json""", "expected form")]
    public async Task Settings_Bad_AreRefused(string body, string message)
    {
        await using var host = await Host.StartAsync();
        Assert.That(await host.SetAsync("x", body), Does.StartWith("UnprocessableEntity").And.Contain(message).And.Not.Contain("guess"));
    }

    [Test]
    public async Task Settings_FromAnotherSitesForm_AreRefused()
    {
        await using var host = await Host.StartAsync();
        using var response = await host.Client.PutAsync("/inspect/api/x/settings", new StringContent("{}", Encoding.UTF8, "text/plain"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [Test]
    public async Task Capture_WithADelay_AnswersAfterIt()
    {
        await using var host = await Host.StartAsync();
        await host.SetAsync("x", """{"status":204,"delay_ms":5000,"profile":""}""");
        var sending = host.Client.PostAsync("/inspect/in/x", null);
        await Eventually.BecomesAsync(() => host.ListAsync("x"), list => list.GetArrayLength() > 0);
        Assert.That(sending.IsCompleted, Is.False);
        await Eventually.BecomesAsync(
            () =>
            {
                host.Clock.Advance(TimeSpan.FromSeconds(5));
                return Task.FromResult(sending.IsCompleted);
            },
            isDone => isDone);
        Assert.That((await sending).StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    [Test]
    public async Task Capture_MoreThanIsKept_ForgetsTheOldest()
    {
        await using var host = await Host.StartAsync(o => { o.MaxRequests = 3; o.MaxBytes = 64 * 1024; o.MaxBodyBytes = 30_000; o.MaxBins = 2; });
        for (var i = 0; i < 5; i++) (await host.Client.PostAsync($"/inspect/in/x?{i}", new StringContent("b"))).Dispose();
        Assert.That((await host.ListAsync("x")).EnumerateArray().Select(c => c.GetProperty("path").GetString()), Is.EqualTo(new[] { "/?2", "/?3", "/?4" }));

        for (var i = 0; i < 3; i++) (await host.Client.PostAsync($"/inspect/in/x?{i}", new ByteArrayContent(new byte[40_000]))).Dispose();
        var large = (await host.ListAsync("x")).EnumerateArray().ToList();
        Assert.That(large.Select(c => (c.GetProperty("body_length").GetInt32(), c.GetProperty("body_cut").GetBoolean())), Is.EqualTo(new[] { (40_000, true), (40_000, true) }));

        await host.ListAsync("y");
        await host.ListAsync("z");
        Assert.That((await host.ListAsync("x")).GetArrayLength(), Is.Zero, "the bin was used longest ago");
    }

    [Test]
    public async Task Events_Live_TellOfEachRequestAndOfClearing()
    {
        await using var host = await Host.StartAsync();
        (await host.Client.PostAsync("/inspect/in/x?before", null)).Dispose();
        using var stream = new StreamReader(await host.Client.GetStreamAsync("/inspect/api/x/events"));
        Assert.That(await stream.ReadLineAsync(), Does.StartWith("data: {").And.Contain("/?before"));
        Assert.That(await stream.ReadLineAsync(), Is.Empty);
        (await host.Client.PostAsync("/inspect/in/x?after", new StringContent("two\nlines"))).Dispose();
        Assert.That(await stream.ReadLineAsync(), Does.StartWith("data: {").And.Contain("/?after").And.Contain("two\\nlines"));
        Assert.That(await stream.ReadLineAsync(), Is.Empty);
        (await host.Client.DeleteAsync("/inspect/api/x/requests")).Dispose();
        Assert.That(await stream.ReadLineAsync(), Is.EqualTo("event: clear"));
        Assert.That((await host.ListAsync("x")).GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Page_Files_AreServedUnderAStrictPolicyWithNothingInline()
    {
        await using var host = await Host.StartAsync();
        using var moved = await host.Client.GetAsync("/inspect");
        Assert.That((moved.StatusCode, moved.Headers.Location?.ToString()), Is.EqualTo((HttpStatusCode.Redirect, "/inspect/")));
        var html = await host.Client.GetStringAsync("/inspect/");
        var files = AssetName().Matches(html).Select(m => m.Groups[1].Value).Append("assets/text.js").ToList();
        Assert.That(files, Has.Count.EqualTo(4));
        foreach (var file in files.Append(""))
        {
            using var response = await host.Client.GetAsync($"/inspect/{file}");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), file);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.That(policy, Does.StartWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'").And.Not.Contain("unsafe"));
            Assert.That(response.Headers.GetValues("X-Content-Type-Options").Single(), Is.EqualTo("nosniff"));
            var text = await response.Content.ReadAsStringAsync();
            Assert.That(Regex.IsMatch(text, "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|style=|onclick=|https?://(?!www\\.w3\\.org)"), Is.False, file);
        }

        Assert.That(Regex.IsMatch(html, "<script(?![^>]* src=)|<style"), Is.False);
        using var missing = await host.Client.GetAsync("/inspect/assets/..%2findex.html");
        Assert.That(missing.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("a b")]
    [TestCase("a%2fb")]
    [TestCase("%3Cscript%3E")]
    public async Task Bin_OfAStrangeName_IsNotThere(string name)
    {
        await using var host = await Host.StartAsync();
        using var sent = await host.Client.PostAsync($"/inspect/in/{name}", null);
        using var asked = await host.Client.GetAsync($"/inspect/api/{name}/requests");
        Assert.That((sent.StatusCode, asked.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.NotFound)));
    }

    [Test]
    public void Map_OutsideDevelopment_IsRefusedUnlessAllowed()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        var app = builder.Build();
        Assert.That(() => app.MapWebhookInspector(), Throws.InvalidOperationException.With.Message.Contains("AllowOutsideDevelopment").And.Message.Contains("RequireAuthorization()"));
        Assert.That(() => app.MapWebhookInspector(configure: o => o.AllowOutsideDevelopment = true), Throws.Nothing);
    }

    [Test]
    public void Map_BadOptions_AreAllNamed()
    {
        var app = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" }).Build();
        Assert.That(
            () => app.MapWebhookInspector(configure: o => { o.MaxBins = 0; o.MaxRequests = 0; o.MaxBytes = 0; o.MaxBodyBytes = 0; o.Profile = WebhookProfiles.StandardWebhooks; }),
            Throws.ArgumentException.With.Message.Contains("MaxBins").And.Message.Contains("MaxRequests").And.Message.Contains("MaxBytes is 0").And.Message.Contains("MaxBodyBytes").And.Message.Contains("no secret"));
    }

    [GeneratedRegex("(?:href|src)=\"(assets/[^\"]+)\"")]
    private static partial Regex AssetName();

    private sealed class Host(WebApplication app, ManualTimeProvider clock) : IAsyncDisposable
    {
        public HttpClient Client { get; } = app.GetTestClient();

        public ManualTimeProvider Clock => clock;

        public static async Task<Host> StartAsync(Action<WebhookInspectorOptions>? configure = null)
        {
            var clock = new ManualTimeProvider();
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
            builder.Logging.ClearProviders();
            builder.WebHost.UseTestServer();
            builder.Services.AddSingleton<TimeProvider>(clock);
            var app = builder.Build();
            app.MapWebhookInspector(configure: configure);
            await app.StartAsync();
            return new Host(app, clock);
        }

        public async Task<JsonElement> ListAsync(string bin) => JsonElement.Parse(await Client.GetStringAsync($"/inspect/api/{bin}/requests"));

        public async Task<string> SetAsync(string bin, string json)
        {
            using var response = await Client.PutAsync($"/inspect/api/{bin}/settings", new StringContent(json, Encoding.UTF8, "application/json"));
            return $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}";
        }

        public async Task<HttpStatusCode> SendSignedAsync(string bin, string secret)
        {
            var body = """{"type":"a.b","data":1}"""u8.ToArray();
            var headers = new WebhookHeaders();
            WebhookProfiles.StandardWebhooks.Signer!.Sign(
                new SigningContext
                {
                    MessageId = "m",
                    Timestamp = clock.GetUtcNow(),
                    AttemptNumber = 1,
                    Method = HttpMethod.Post,
                    Uri = new Uri("http://localhost/"),
                    ContentType = "application/json",
                    Body = body,
                    Secrets = [new WebhookSecret { Value = secret }],
                },
                headers);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/inspect/in/{bin}") { Content = new ByteArrayContent(body) };
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            using var response = await Client.SendAsync(request);
            return response.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await app.DisposeAsync();
        }
    }
}
