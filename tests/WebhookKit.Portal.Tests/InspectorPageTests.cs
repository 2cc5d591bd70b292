using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace WebhookKit.Portal.Tests;

/// <summary>The inspector's page in a browser: what arrives shows at once, as text, and the endpoint can be broken.</summary>
internal sealed class InspectorPageTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [TestCase(1280, ColorScheme.Light)]
    [TestCase(360, ColorScheme.Dark)]
    public async Task Page_RequestsArrive_AreShownAsTextWithoutAFault(int width, ColorScheme scheme)
    {
        Axe.Require();
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await using var context = await Chromium.Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 800 }, ColorScheme = scheme });
        var page = await context.NewPageAsync();
        List<string> faults = [];
        page.Console += (_, message) => faults.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => faults.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(client.BaseAddress.ToString(), StringComparison.Ordinal)) faults.Add($"to outside: {request.Url}");
        };

        await page.GotoAsync(app.Urls.Single() + "/inspect");
        await Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        Assert.That(await page.Locator("#address").TextContentAsync(), Is.EqualTo(app.Urls.Single() + "/inspect/in/default"));

        const string Hostile = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script> safe\u202Egnp.exe";
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/inspect/in/default?q=%3Cscript%3E") { Content = new StringContent(Hostile) })
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/html");
            request.Headers.TryAddWithoutValidation("X-Hostile", "<b onclick=alert(1)>" + new string('W', 500));
            using var response = await client.SendAsync(request);
        }

        await SignAndSendAsync(client);
        await Expect(page.Locator("#requests > li")).ToHaveCountAsync(2);
        await Expect(page.Locator("#requests > li").First).ToContainTextAsync("✓ verified");
        await Expect(page.Locator("#requests > li").Nth(1)).ToContainTextAsync("✗ not verified");
        foreach (var summary in await page.Locator("summary").AllAsync()) await summary.ClickAsync();
        await Expect(page.Locator("pre").Nth(1)).ToHaveTextAsync(Hostile.Replace("\u202E", "⟨U+202E⟩", StringComparison.Ordinal));
        await Expect(page.Locator("pre").First).ToContainTextAsync("\"type\": \"subscriber.created\"");
        Assert.That(await page.EvaluateAsync<bool>("() => 'hacked' in window"), Is.False);
        Assert.That(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), Is.True, "nothing runs out of the page");

        await page.GetByLabel("Status", new() { Exact = true }).FillAsync("503");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Set.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.That((int)await SignAndSendAsync(client), Is.EqualTo(503));
        await Expect(page.Locator("#requests > li").First).ToContainTextAsync("answered 503");

        Assert.That(await Axe.FindFaultsAsync(page), Is.Empty);
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Nothing has arrived yet.")).ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("mine");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open", Exact = true }).ClickAsync();
        await Expect(page.Locator("#address")).ToHaveTextAsync(app.Urls.Single() + "/inspect/in/mine");
        Assert.That(faults, Is.Empty);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapWebhookInspector(configure: o =>
        {
            o.Profile = WebhookProfiles.StandardWebhooks;
            o.Secrets.Add(Secret);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<System.Net.HttpStatusCode> SignAndSendAsync(HttpClient client)
    {
        var body = Encoding.UTF8.GetBytes("""{"type":"subscriber.created","data":{"id":12345678901234567890}}""");
        var headers = new WebhookHeaders();
        WebhookProfiles.StandardWebhooks.Signer!.Sign(
            new SigningContext
            {
                MessageId = "msg_1",
                Timestamp = DateTimeOffset.UtcNow,
                AttemptNumber = 1,
                Method = HttpMethod.Post,
                Uri = client.BaseAddress!,
                ContentType = "application/json",
                Body = body,
                Secrets = [new WebhookSecret { Value = Secret }],
            },
            headers);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/inspect/in/default") { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
