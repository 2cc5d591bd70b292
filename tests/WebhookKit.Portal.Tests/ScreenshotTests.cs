using WebhookKit.Portal.Tests.Demo;

namespace WebhookKit.Portal.Tests;

/// <summary>
/// Pictures of the main views for people to look at, in <c>artifacts/screenshots</c>; with <c>WEBHOOKKIT_SCREENSHOTS=docs</c>, also those
/// that README and docs show.
/// </summary>
internal sealed class ScreenshotTests
{
    private static readonly string[] Pictured =
    [
        "list", "list-empty", "new", "new-errors", "new-mailup", "webhook", "webhook-disabled", "deliveries", "delivery", "delivery-exhausted", "statistics", "dialog-tested", "dialog-secret", "dialog-delete", "dialog-recover",
    ];

    private static readonly string[] Shown = ["list-desktop-light", "webhook-desktop-dark", "statistics-desktop-light", "delivery-desktop-light", "deliveries-phone-dark"];

    [TestCase("desktop", 1280, 800, ColorScheme.Light)]
    [TestCase("desktop", 1280, 800, ColorScheme.Dark)]
    [TestCase("phone", 390, 844, ColorScheme.Light)]
    [TestCase("phone", 390, 844, ColorScheme.Dark)]
    public async Task MainViews_OnEachDevice_ArePictured(string device, int width, int height, ColorScheme scheme)
    {
        await using var demo = await DemoHost.StartAsync();
        await using var visit = await Visit.StartAsync(demo.Host, width: width, height: height, scheme: scheme);
        foreach (var view in Pictured)
        {
            await Views.ShowAsync(demo, visit, view);
            await visit.Page.EvaluateAsync("() => document.fonts.ready");
            var name = $"{view}-{device}-{scheme.ToString().ToLowerInvariant()}";
            await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}.png") });
            if (Environment.GetEnvironmentVariable("WEBHOOKKIT_SCREENSHOTS") == "docs" && Shown.Contains(name))
            {
                var path = Path.Combine(Repository.Root, "docs", "images", $"portal-{name}.jpg");
                await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path, Type = ScreenshotType.Jpeg, Quality = 82 });
            }
        }
    }
}
