using System.Globalization;
using System.Text.Json;
using System.Web;

namespace WebhookKit.Portal.Tests;

/// <summary>Drawings stay true to what they show: after a change they are as if they had been drawn so from the start.</summary>
internal sealed class ChartTests
{
    private const string Drawn = "() => [...document.querySelectorAll('.plot canvas')].map(canvas => canvas.toDataURL()).join()";

    [Test]
    public async Task Endpoints_SwapPlaces_TakeTheirNamesWithThem()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host);
        string[] names = ["Till", "Shop"];
        await visit.Page.RouteAsync("**/api/statistics/webhooks?*", route => AnswerAsync(route, names.Select((name, i) => new
        {
            webhook_id = name,
            name,
            delivered = 1,
            failed_attempts = 0,
            gave_up = 0,
            latency_ms = new { p50 = 100, p95 = 300 - (100 * i), max = 400 },
        })));
        await visit.Page.Clock.InstallAsync();
        var expected = await OpenAsync(visit, "statistics", 1);
        names = ["Shop", "Till"];
        Assert.That(await OpenAsync(visit, "statistics", 1), Is.Not.EqualTo(expected));
        names = ["Till", "Shop"];
        await visit.Page.Clock.RunForAsync(6_000);
        await AssertDrawnAsync(visit, expected);
    }

    [Test]
    public async Task Range_Chosen_IsDrawnInItsSteps()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.RouteAsync("**/api/statistics?*", route =>
        {
            var step = int.Parse(HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query)["step_seconds"]!, CultureInfo.InvariantCulture);
            var latency = new { p50 = 100, p95 = 200, max = 400 };
            var buckets = Enumerable.Range(0, 24).Select(i => new { at = DateTime.UnixEpoch.AddSeconds(i * step), delivered = 3, failed_attempts = 1, gave_up = 1, latency_ms = latency });
            return AnswerAsync(route, new { step_seconds = step, buckets, totals = new { delivered = 72, failed_attempts = 24, gave_up = 24, latency_ms = latency } });
        });
        var expected = await OpenAsync(visit, "statistics?hours=168", 2);
        await OpenAsync(visit, "statistics", 2);
        await visit.Field("Time").SelectOptionAsync("168");
        await AssertDrawnAsync(visit, expected);
    }

    private static Task AnswerAsync(IRoute route, object data) => route.FulfillAsync(new() { ContentType = "application/json", Body = JsonSerializer.Serialize(new { data }) });

    private static async Task<string> OpenAsync(Visit visit, string route, int plots)
    {
        await visit.OpenAsync(route);
        await Expect(visit.Page.Locator(".plot canvas")).ToHaveCountAsync(plots);

        // Each takes its width when it is first measured, before the next frame.
        await visit.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        return await visit.Page.EvaluateAsync<string>(Drawn);
    }

    private static async Task AssertDrawnAsync(Visit visit, string expected) => await visit.Page.WaitForFunctionAsync($"expected => expected === ({Drawn})()", expected);
}
