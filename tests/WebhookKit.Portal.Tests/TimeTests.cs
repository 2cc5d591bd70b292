using System.Text.RegularExpressions;
using WebhookKit.Testing;

namespace WebhookKit.Portal.Tests;

/// <summary>Times in words are right as long as the page is open, also where the browser's clock is not the server's.</summary>
internal sealed class TimeTests
{
    private static readonly DateTime Start = ManualTimeProvider.DefaultStart.UtcDateTime;

    [Test]
    public async Task ExactTime_PageStaysOpen_GoesOn()
    {
        await using var host = await StartAsync();
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.InstallAsync(new() { TimeDate = Start.AddMinutes(-5) });
        await visit.OpenAsync("deliveries");
        await visit.Page.Locator(".row-title").ClickAsync();
        var published = visit.Page.Locator(".facts > div", new() { HasText = "Published" });
        await Expect(published).ToBeVisibleAsync();

        // By seconds within the minute.
        await visit.Page.Clock.PauseAtAsync(Start.AddSeconds(40));
        await visit.Page.Clock.RunForAsync(10_000);
        await Expect(published).ToContainTextAsync(new Regex("\\((49|50) sec ago\\)"));
        await visit.Page.Clock.RunForAsync(100_000);
        await Expect(published).ToContainTextAsync("(2 min ago)");
    }

    [Test]
    public async Task Due_NotLive_IsDueAtItsTime()
    {
        await using var host = await StartAsync(status: 500);
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.InstallAsync(new() { TimeDate = Start.AddMinutes(-5) });
        await visit.OpenAsync("deliveries");
        await visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Live" }).UncheckAsync();
        var when = visit.Page.Locator(".row-when");
        await Expect(when).ToContainTextAsync("next in ");
        await visit.Page.Clock.PauseAtAsync(Start.AddMinutes(1));
        await Expect(when).ToContainTextAsync("next due now");
    }

    [Test]
    public async Task Time_BrowserBehindTheServer_IsNotAheadForWhatIsPast()
    {
        await using var host = await StartAsync();
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.SetFixedTimeAsync(Start.AddSeconds(-2));
        await visit.OpenAsync("deliveries");
        await Expect(visit.Page.Locator(".row-when time")).ToHaveTextAsync("now");
        await visit.Page.Locator(".row-title").ClickAsync();
        await Expect(visit.Page.Locator(".facts > div", new() { HasText = "Published" })).ToContainTextAsync("(now)");
    }

    [Test]
    public async Task Time_NearlyTwoDaysAgo_IsNotCalledYesterday()
    {
        await using var host = await StartAsync();
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.SetFixedTimeAsync(Start.AddHours(47));
        await visit.OpenAsync("deliveries");
        await Expect(visit.Page.Locator(".row-when time")).ToHaveTextAsync("1 day ago");
    }

    [TestCase(0, "the old one signs until")]
    [TestCase(2, "With its secret")]
    public async Task Signing_AfterARotation_SaysWhetherTheOldSecretStillSigns(int hours, string says)
    {
        await using var host = await StartAsync();
        var webhook = (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = PortalHost.Account })).Items.Single();
        await host.Subscriptions.RotateSecretAsync(webhook.Id, overlap: TimeSpan.FromHours(1));
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.SetFixedTimeAsync(Start.AddHours(hours));
        await visit.OpenAsync($"webhooks/{webhook.Id}");
        await Expect(visit.Page.Locator(".facts > div", new() { HasText = "Signing" })).ToContainTextAsync(says);
    }

    /// <summary>A host with one delivery that was attempted at the start, and which is to be attempted again if it was refused.</summary>
    private static async Task<PortalHost> StartAsync(int status = 200)
    {
        var host = await PortalHost.StartAtAsync(new ManualTimeProvider());
        host.Receiver.Answer("/shop", status);
        await host.CreateAsync();
        await host.PublishAsync();
        await host.Deliveries.DrainAsync();
        return host;
    }
}
