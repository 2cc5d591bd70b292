using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Testing;

namespace WebhookKit.Portal.Tests;

/// <summary>The life of a webhook, as one person lives through it on the page.</summary>
internal sealed class StoryTests
{
    [TestCase("memory")]
    [TestCase("sqlite")]
    public async Task Webhook_CreatedBrokenMendedAndRecovered_IsSeenAllTheWay(string store)
    {
        using var folder = new TempFolder();
        await using var host = await PortalHost.StartAsync(webhooks: w => { if (store == "sqlite") w.UseSqlite(folder.ConnectionString); });
        await using var visit = await Visit.StartAsync(host);
        await Expect(visit.Page.GetByText("No webhooks yet")).ToBeVisibleAsync();

        // Create it, and keep its secret.
        await visit.Link("Create your first webhook").ClickAsync();
        await Expect(visit.Heading("New webhook")).ToBeFocusedAsync();
        await visit.Field("Name").FillAsync("Shop");
        await visit.Field("URL (required)").FillAsync(host.Receiver.Url("/shop"));
        await visit.Page.GetByLabel("subscriber.created").CheckAsync();
        await visit.Button("Create webhook").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("shown this once only");
        var secret = await visit.Page.Locator("#secret").InnerTextAsync();
        Assert.That(secret, Does.StartWith("whsec_"));
        await visit.Button("Copy secret").ClickAsync();
        await Expect(visit.Dialog.GetByRole(AriaRole.Status)).ToHaveTextAsync("Copied.");
        Assert.That(await visit.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"), Is.EqualTo(secret));
        await visit.Button("I have kept it").ClickAsync();
        await Expect(visit.Heading("Shop")).ToBeFocusedAsync();
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Idle");

        // Send a test event, and see the request and the answer.
        await visit.Button("Send test event").ClickAsync();
        await visit.Button("Send").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("200 Succeeded");
        await Expect(visit.Dialog).ToContainTextAsync("webhook-signature");
        await Expect(visit.Dialog.GetByLabel("Body of the request")).ToContainTextAsync("webhook.test");
        await Expect(visit.Dialog.GetByLabel("Answer")).ToContainTextAsync("\"ok\": true");
        await visit.Dialog.GetByText("Close", new() { Exact = true }).ClickAsync();
        await Expect(visit.Button("Send test event")).ToBeFocusedAsync();

        // A real event is delivered before one's eyes.
        await host.PublishAsync();
        await Expect(visit.Page.Locator(".delivery-row")).ToContainTextAsync("Succeeded");
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Healthy");
        await Expect(visit.Page.Locator(".tiles")).ToContainTextAsync("Delivered1");

        // The endpoint breaks: it is tried again, and given up.
        host.Receiver.Answer("/shop", 500, "out of order");
        await host.PublishAsync(data: new { id = "43" });
        await visit.Page.GetByRole(AriaRole.Navigation).GetByText("Deliveries").ClickAsync();
        await visit.Page.Locator(".delivery-row .row-title").First.ClickAsync();
        await Expect(visit.Page.Locator(".attempts")).ToContainTextAsync("out of order");
        await Expect(visit.Page.Locator(".attempts > li")).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Exhausted");
        await Expect(visit.Button("Send again")).ToBeVisibleAsync();
        await visit.Link("Shop").ClickAsync();
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Disabled");
        await Expect(visit.Page.Locator(".alert.warn")).ToContainTextAsync("Disabled");

        // It misses one while it is disabled, is mended, and gets both.
        await host.PublishAsync(data: new { id = "44" });
        host.Receiver.Answer("/shop", 200, "thanks");
        await visit.Button("Enable").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("Enabled.");
        await visit.Button("Recover…").ClickAsync();
        await visit.Button("Recover").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToContainTextAsync("2 deliveries are under way again.");
        await Expect(visit.Page.Locator(".delivery-row .badge.good")).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Healthy");
        Assert.That(host.Receiver.Requests.Count(r => r.Body.Contains("\"44\"", StringComparison.Ordinal)), Is.EqualTo(1));

        // Another secret; the old one signs beside it.
        await visit.Button("Rotate…").ClickAsync();
        await visit.Button("Rotate").ClickAsync();
        await Expect(visit.Page.Locator("#secret")).Not.ToHaveTextAsync(secret);
        var next = await visit.Page.Locator("#secret").InnerTextAsync();
        await visit.Button("I have kept it").ClickAsync();
        await Expect(visit.Page.GetByText("the old one signs until")).ToBeVisibleAsync();
        Assert.That(await visit.Page.ContentAsync(), Does.Not.Contain(next).And.Not.Contain(secret));
        await host.PublishAsync(data: new { id = "45" });
        await Expect(visit.Page.Locator(".delivery-row .badge.good")).ToHaveCountAsync(4);
        Assert.That(host.Receiver.Requests.Last().Headers["webhook-signature"].Split(' '), Has.Length.EqualTo(2));

        // The figures of all this.
        await visit.Page.GetByRole(AriaRole.Navigation).GetByText("Statistics").ClickAsync();
        await Expect(visit.Page.Locator(".tiles")).ToContainTextAsync("Delivered4Failed attempts3Given up1");
        await Expect(visit.Page.Locator(".plot canvas")).ToHaveCountAsync(3);
        await visit.Page.GetByText("Show the figures").Nth(1).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Rowheader, new() { Name = "Shop" })).ToBeVisibleAsync();

        // And it goes.
        await visit.OpenAsync("webhooks");
        await visit.Link("Shop").ClickAsync();
        await visit.Button("Delete…").ClickAsync();
        await visit.Button("Delete").ClickAsync();
        await Expect(visit.Page.GetByText("No webhooks yet")).ToBeVisibleAsync();
    }

    [Test]
    public async Task Delivery_Pending_CanBeCanceledAndExhausted_CanBeSentAgain()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.CreateAsync();
        await host.Subscriptions.PauseAsync(webhook.Id);
        await host.PublishAsync();
        await using var visit = await Visit.StartAsync(host, "deliveries");
        await visit.Page.Locator(".row-title").ClickAsync();
        await visit.Button("Cancel…").ClickAsync();
        await visit.Button("Cancel the delivery").ClickAsync();
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Canceled");

        await host.Subscriptions.EnableAsync(webhook.Id);
        host.Receiver.Answer("/shop", 400, "no");
        await host.PublishAsync();
        await visit.OpenAsync("deliveries?status=exhausted");
        await visit.Page.Locator(".row-title").ClickAsync();
        host.Receiver.Answer("/shop", 200);
        await host.Subscriptions.EnableAsync(webhook.Id);
        await visit.Button("Send again").ClickAsync();
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Succeeded");
        await Expect(visit.Page.Locator(".attempts > li")).ToHaveCountAsync(4);
    }

    [Test]
    public async Task PauseEnableDisable_ByTheButtons_ChangeTheStatus()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.CreateAsync();
        await using var visit = await Visit.StartAsync(host, $"webhooks/{webhook.Id}");
        await visit.Button("Pause").ClickAsync();
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Paused");
        await visit.Button("Enable").ClickAsync();
        await Expect(visit.Page.Locator(".subject .badge")).ToHaveTextAsync("Idle");
        await visit.Button("Disable…").ClickAsync();
        await visit.Field("Reason").FillAsync("We move house");
        await visit.Button("Disable").ClickAsync();
        await Expect(visit.Page.Locator(".alert.warn")).ToContainTextAsync("We move house");
        Assert.That((await host.Subscriptions.GetAsync(webhook.Id))!.StatusReason, Is.EqualTo("We move house"));
    }

    [Test]
    public async Task Recover_EnabledAfterFailing_IsSinceTheFirstFailure()
    {
        var clock = new ManualTimeProvider();
        await using var host = await PortalHost.StartAtAsync(clock);
        host.Receiver.Answer("/shop", 500);
        await host.CreateAsync();
        await host.PublishAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await host.Deliveries.DrainAsync();
            clock.Advance(TimeSpan.FromHours(1));
        }

        await host.PublishAsync();
        await using var visit = await Visit.StartAsync(host);
        await visit.Link("Shop").ClickAsync();
        await visit.Button("Enable").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("Enabled.");
        await visit.Button("Recover…").ClickAsync();
        await Expect(visit.Field("Since")).ToHaveValueAsync("2030-01-01T01:00");
        await visit.Button("Recover").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("2 deliveries are under way again.");
    }

    [Test]
    public async Task Recover_DisabledByHand_IsSinceThenAndOnceRecoveredOfTheLastDay()
    {
        var clock = new ManualTimeProvider();
        await using var host = await PortalHost.StartAtAsync(clock);
        var webhook = await host.CreateAsync();
        clock.Advance(TimeSpan.FromHours(1));
        await host.Subscriptions.DisableAsync(webhook.Id);
        clock.Advance(TimeSpan.FromHours(2));
        await host.PublishAsync();
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.SetFixedTimeAsync(clock.GetUtcNow().UtcDateTime);
        await visit.OpenAsync($"webhooks/{webhook.Id}");
        await visit.Button("Recover…").ClickAsync();
        await Expect(visit.Field("Since")).ToHaveValueAsync("2030-01-01T02:00");
        await visit.Button("Cancel").ClickAsync();
        await visit.Button("Enable").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("Enabled.");
        await visit.Button("Recover…").ClickAsync();
        await Expect(visit.Field("Since")).ToHaveValueAsync("2030-01-01T02:00");
        await visit.Button("Recover").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("1 delivery is under way again.");
        await visit.Button("Recover…").ClickAsync();
        await Expect(visit.Field("Since")).ToHaveValueAsync("2029-12-31T04:00");
    }

    [Test]
    public async Task Copy_BrowserKeepsTheClipboardClosed_IsSaidBesideTheButton()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.CreateAsync();
        await using var visit = await Visit.StartAsync(host);

        // As on a page without https.
        await visit.Page.AddInitScriptAsync("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
        await visit.OpenAsync($"webhooks/{webhook.Id}");
        await visit.Button("Rotate…").ClickAsync();
        await visit.Button("Rotate").ClickAsync();
        await visit.Button("Copy secret").ClickAsync();
        var said = visit.Dialog.GetByRole(AriaRole.Status);
        await Expect(said).ToHaveTextAsync("The browser does not allow copying. Select the secret and copy it yourself.");
        await Expect(said).ToBeInViewportAsync(new() { Ratio = 1 });
    }
}
