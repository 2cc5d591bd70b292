using WebhookKit.Portal.Tests.Demo;

namespace WebhookKit.Portal.Tests;

/// <summary>Every view and dialog, in light and dark, wide and narrow: no fault by WCAG 2.1 AA, and nothing beyond the edge of a phone.</summary>
internal sealed class AccessibilityTests
{
    private const string FindTooWide = """
        () => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
          return [...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 120));
        }
        """;

    private const string FindTooSmall = """
        () => [...document.querySelectorAll('button, .button, input, select, summary, nav a, .check')]
          .filter(e => e.checkVisibility() && e.type !== 'checkbox' && !e.matches('.link, .unseen'))
          .filter(e => e.getBoundingClientRect().height < 43.5).map(e => `${e.getBoundingClientRect().height}: ${e.outerHTML.slice(0, 160)}`)
        """;

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Views_All_HaveNoFaultByWcag(ColorScheme scheme)
    {
        Axe.Require();
        await using var demo = await DemoHost.StartAsync();
        await using var visit = await Visit.StartAsync(demo.Host, scheme: scheme);
        List<string> faults = [];
        foreach (var view in Views.All)
        {
            await Views.ShowAsync(demo, visit, view);
            faults.AddRange((await Axe.FindFaultsAsync(visit.Page)).Select(f => $"{view}: {f}"));
        }

        Assert.That(faults, Is.Empty);
    }

    [Test]
    public async Task Views_OnAPhone_HaveNoFaultByWcagFitAndAreBigEnoughForFingers()
    {
        Axe.Require();
        await using var demo = await DemoHost.StartAsync();
        await using var visit = await Visit.StartAsync(demo.Host, width: 360, height: 740);
        List<string> faults = [];
        foreach (var view in Views.All)
        {
            await Views.ShowAsync(demo, visit, view);
            faults.AddRange((await Axe.FindFaultsAsync(visit.Page)).Select(f => $"{view}: {f}"));
            faults.AddRange((await visit.Page.EvaluateAsync<string[]>(FindTooWide)).Select(e => $"{view}: too wide: {e}"));
            faults.AddRange((await visit.Page.EvaluateAsync<string[]>(FindTooSmall)).Select(e => $"{view}: too small: {e}"));
        }

        Assert.That(faults, Is.Empty);
    }
}
