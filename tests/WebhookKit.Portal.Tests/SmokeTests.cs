namespace WebhookKit.Portal.Tests;

internal sealed class SmokeTests
{
    [Test]
    public async Task Look()
    {
        await using var host = await PortalHost.StartAsync();
        for (var i = 0; i < 3; i++) await host.CreateAsync($"Shop {i}", "/a");
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.ScreenshotAsync(new() { Path = "/tmp/list.png" });
        await visit.OpenAsync("webhooks/new");
        await visit.Page.ScreenshotAsync(new() { Path = "/tmp/new.png", FullPage = true });
    }
}
