using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace WebhookKit.AspNetCore.Tests.Portal;

/// <summary>The page and its assets, as they go over the wire.</summary>
internal sealed partial class PortalPageTests
{
    [TestCase("/webhooks", "/webhooks")]
    [TestCase("/", "/")]
    [TestCase("", "/")]
    [TestCase("/a/b c/{account}/hooks", "/a/b%20c/42/hooks")]
    [TestCase("/webhooks/", "/webhooks")]
    public async Task Page_AnyMountPath_LoadsWithAllThatItNames(string pattern, string path)
    {
        await using var app = await PortalServer.StartAsync(pattern);
        await AssertLoadsAsync(app, path);
    }

    [TestCase("/webhooks", "/host/webhooks")]
    [TestCase("/", "/host")]
    public async Task Page_PathBase_LoadsWithAllThatItNames(string pattern, string path)
    {
        await using var app = await PortalServer.StartAsync(pattern, pathBase: "/host");
        await AssertLoadsAsync(app, path);
    }

    [Test]
    public async Task Page_WithoutSlash_LeadsToTheOneWithItAndKeepsTheQuery()
    {
        await using var app = await PortalServer.StartAsync();
        using var answer = await app.GetTestClient().GetAsync("/webhooks?a=b");
        Assert.That((answer.StatusCode, answer.Headers.Location?.OriginalString), Is.EqualTo((HttpStatusCode.Found, "./webhooks/?a=b")));
    }

    [Test]
    public async Task Page_Headers_LetNothingFromElsewhereIn()
    {
        await using var app = await PortalServer.StartAsync();
        using var answer = await app.GetTestClient().GetAsync("/webhooks/");
        Assert.Multiple(() =>
        {
            Assert.That(Header(answer, "Content-Security-Policy"), Is.EqualTo(
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; " +
                "form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"));
            Assert.That(Header(answer, "X-Content-Type-Options"), Is.EqualTo("nosniff"));
            Assert.That(Header(answer, "Referrer-Policy"), Is.EqualTo("no-referrer"));
            Assert.That(Header(answer, "Cross-Origin-Resource-Policy"), Is.EqualTo("same-origin"));
            Assert.That(answer.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/html; charset=utf-8"));
            Assert.That(answer.Headers.CacheControl?.ToString(), Is.EqualTo("no-cache"));
        });
    }

    [Test]
    public async Task Page_FrameAncestors_AreThoseOfTheOption()
    {
        await using var app = await PortalServer.StartAsync(configure: o => o.FrameAncestors = "'none'");
        using var answer = await app.GetTestClient().GetAsync("/webhooks/");
        Assert.That(Header(answer, "Content-Security-Policy"), Does.Contain("; frame-ancestors 'none';"));
    }

    [Test]
    public async Task Page_Html_HasNoInlineScriptOrStyleAndNoOtherHost()
    {
        await using var app = await PortalServer.StartAsync(configure: o =>
        {
            o.Title = "<script>alert(1)</script>\"{{home}}";
            o.HomeUrl = "/?a='b'&c";
        });
        var html = await app.GetTestClient().GetStringAsync("/webhooks/");
        Assert.Multiple(() =>
        {
            Assert.That(html, Does.Not.Contain("alert(1)</script>").And.Not.Contain("style=").And.Not.Contain("http").And.Not.Contain("<style"));
            Assert.That(html, Does.Contain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;{{home}}"));
            Assert.That(Regex.Count(html, "<script"), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Assets_OfThisVersion_AreKeptForEver()
    {
        await using var app = await PortalServer.StartAsync();
        var client = app.GetTestClient();
        var asset = Named().Match(await client.GetStringAsync("/webhooks/")).Value;
        using var answer = await client.GetAsync($"/webhooks/{asset}");
        Assert.That(answer.Headers.CacheControl?.ToString(), Is.EqualTo("public, max-age=31536000, immutable"));
        Assert.That(Header(answer, "X-Content-Type-Options"), Is.EqualTo("nosniff"));

        using var again = new HttpRequestMessage(HttpMethod.Get, $"/webhooks/{asset}") { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using var unchanged = await client.SendAsync(again);
        Assert.That((unchanged.StatusCode, (await unchanged.Content.ReadAsByteArrayAsync()).Length), Is.EqualTo((HttpStatusCode.NotModified, 0)));

        // While versions are being exchanged, the other one is asked for, too.
        using var other = await client.GetAsync("/webhooks/assets/other/app.js");
        Assert.That((other.StatusCode, other.Headers.CacheControl?.ToString()), Is.EqualTo((HttpStatusCode.OK, "no-cache")));
    }

    [Test]
    public async Task Page_Unchanged_IsNotSentAgain()
    {
        await using var app = await PortalServer.StartAsync();
        var client = app.GetTestClient();
        using var first = await client.GetAsync("/webhooks/");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/webhooks/") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var answer = await client.SendAsync(again);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
    }

    [TestCase("/webhooks/assets/x/none.js")]
    [TestCase("/webhooks/assets/x/index.html")]
    [TestCase("/webhooks/assets/x/..%2F..%2FApi%2Fopenapi.json")]
    [TestCase("/webhooks/assets/x/vendor/vendor.json")]
    public async Task Assets_Unknown_AreNotFound(string path)
    {
        await using var app = await PortalServer.StartAsync();
        using var answer = await app.GetTestClient().GetAsync(path);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Head_Page_HasNoBody()
    {
        await using var app = await PortalServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/webhooks/");
        using var answer = await app.GetTestClient().SendAsync(request);
        Assert.That((answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync()).Length), Is.EqualTo((HttpStatusCode.OK, 0)));
        Assert.That(answer.Content.Headers.ContentLength, Is.GreaterThan(500));
    }

    [Test]
    public async Task Options_ThatCannotWork_AreRefusedAllAtOnce()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(async () => await PortalServer.StartAsync(configure: o =>
        {
            o.Title = " ";
            o.HomeUrl = "javascript:alert(1)";
            o.FrameAncestors = "'self'; script-src *";
            o.Api.PageSize = 0;
        }));
        Assert.That(refused!.Message, Does.Contain("Title").And.Contain("HomeUrl").And.Contain("FrameAncestors").And.Contain("PageSize"));
    }

    [Test]
    public async Task Authorization_OnWhatIsMapped_CoversPageAssetsAndApi()
    {
        await using var app = await PortalServer.StartAsync();
        var endpoints = ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).ToList();
        var group = app.MapWebhookPortal("/guarded");
        group.Add(e => e.Metadata.Add("mark"));
        var guarded = ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).Where(e => e.DisplayName!.Contains("/guarded", StringComparison.Ordinal)).ToList();
        Assert.That(guarded, Has.Count.EqualTo(endpoints.Count));
        Assert.That(guarded.Where(e => e.Metadata.GetMetadata<string>() != "mark"), Is.Empty);
    }

    /// <summary>Loads the page as a browser does, from the address without a slash on, and all that it and its modules name.</summary>
    private static async Task AssertLoadsAsync(WebApplication app, string path)
    {
        var client = app.GetTestClient();
        var address = new Uri(client.BaseAddress!, path);
        var answer = await client.GetAsync(address);
        for (; answer.StatusCode == HttpStatusCode.Found; answer = await client.GetAsync(address)) address = new Uri(address, answer.Headers.Location!);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), address.ToString());

        var named = Named().Matches(await answer.Content.ReadAsStringAsync()).Select(m => new Uri(address, m.Value)).ToHashSet();
        Assert.That(named, Has.Count.GreaterThan(15));
        foreach (var asset in named)
        {
            using var found = await client.GetAsync(asset);
            Assert.That(found.StatusCode, Is.EqualTo(HttpStatusCode.OK), asset.ToString());
            if (!asset.AbsolutePath.EndsWith(".js", StringComparison.Ordinal)) continue;
            Assert.That(found.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/javascript"));
            foreach (Match import in Imported().Matches(await found.Content.ReadAsStringAsync()))
                Assert.That(named, Does.Contain(new Uri(asset, import.Groups[1].Value)), $"{asset} imports it");
        }

        using var api = await client.GetAsync(new Uri(address, "api/"));
        Assert.That(api.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    [GeneratedRegex("assets/[^\"]+")]
    private static partial Regex Named();

    [GeneratedRegex("(?:import|export)\\b[^;'\"]*?from ?['\"]([^'\"]+)['\"]")]
    private static partial Regex Imported();
}
