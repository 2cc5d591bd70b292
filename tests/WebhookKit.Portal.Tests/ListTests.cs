namespace WebhookKit.Portal.Tests;

/// <summary>Lists of webhooks and deliveries: finding, filtering, going on, and staying fresh.</summary>
internal sealed class ListTests
{
    [Test]
    public async Task Webhooks_ManyOfThem_ArePagedSearchedAndFiltered()
    {
        await using var host = await PortalHost.StartAsync();
        for (var i = 0; i < 120; i++) await host.CreateAsync($"Hook {i:000}", "/many");
        await host.Subscriptions.PauseAsync((await host.CreateAsync("Rare bird", "/bird")).Id);
        await using var visit = await Visit.StartAsync(host);
        var rows = visit.Page.Locator(".webhook-row");
        await Expect(rows).ToHaveCountAsync(50);
        await visit.Button("Load more").ClickAsync();
        await Expect(rows).ToHaveCountAsync(100);
        await visit.Button("Load more").ClickAsync();
        await Expect(rows).ToHaveCountAsync(121);
        await Expect(visit.Button("Load more")).ToHaveCountAsync(0);

        await visit.Field("Search").FillAsync("RARE");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator("#polite")).ToHaveTextAsync("1 found.");
        Assert.That(visit.Page.Url, Does.EndWith("#/?search=RARE"));
        await visit.Field("Search").FillAsync("");
        await visit.Field("Status").SelectOptionAsync("paused");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("Rare bird");

        // A link to what one sees shows the same.
        await visit.Page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(visit.Field("Status")).ToHaveValueAsync("paused");
    }

    [Test]
    public async Task Deliveries_WhileLive_ComeByThemselvesAndArePausedBySwitch()
    {
        await using var host = await PortalHost.StartAsync();
        await host.CreateAsync("Shop", "/shop");
        await host.PublishAsync();
        await using var visit = await Visit.StartAsync(host, "deliveries");
        var rows = visit.Page.Locator(".delivery-row");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("to Shop");
        await host.PublishAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(visit.Page.Locator("#polite")).ToHaveTextAsync("1 new delivery.");

        await visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Live" }).UncheckAsync();
        var asked = 0;
        visit.Page.Request += (_, request) => asked += request.Url.Contains("/api/deliveries", StringComparison.Ordinal) ? 1 : 0;
        await host.PublishAsync();
        await visit.Page.Clock.InstallAsync();
        await visit.Page.Clock.RunForAsync(60_000);
        Assert.That(asked, Is.Zero);
        await visit.Page.Clock.ResumeAsync();
        await visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Live" }).CheckAsync();
        await visit.Page.Clock.RunForAsync(5_000);
        await Expect(rows).ToHaveCountAsync(3);
    }

    [Test]
    public async Task Deliveries_WebhookRenamed_ShowItsNewName()
    {
        await using var host = await PortalHost.StartAsync();
        await host.CreateAsync("Shop");
        await host.PublishAsync();
        await using var visit = await Visit.StartAsync(host, "deliveries");
        await visit.Link("Shop").ClickAsync();
        await visit.Link("Edit").First.ClickAsync();
        await visit.Field("Name").FillAsync("Till");
        await visit.Button("Save changes").ClickAsync();
        await Expect(visit.Heading("Till")).ToBeVisibleAsync();
        await visit.Link("Deliveries").ClickAsync();
        await Expect(visit.Page.Locator(".delivery-row")).ToContainTextAsync("to Till");
    }

    [Test]
    public async Task Deliveries_ByStatusWebhookAndTime_AreFiltered()
    {
        await using var host = await PortalHost.StartAsync();
        host.Receiver.Answer("/broken", 410);
        await host.CreateAsync("Good one", "/good");
        var broken = await host.CreateAsync("Broken one", "/broken");
        await host.PublishAsync();
        await using var visit = await Visit.StartAsync(host, "deliveries");
        var rows = visit.Page.Locator(".delivery-row");
        await Expect(rows).ToHaveCountAsync(2);
        await visit.Field("Status").SelectOptionAsync("exhausted");
        await Expect(rows).ToHaveCountAsync(1);
        await visit.Field("Status").SelectOptionAsync("");

        // By name, with the keyboard.
        var chooser = visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Webhook", Exact = true });
        await chooser.FillAsync("brok");
        await Expect(visit.Page.Locator("#webhook-list li")).ToHaveCountAsync(1);
        await chooser.PressAsync("ArrowDown");
        await chooser.PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(chooser).ToHaveValueAsync("Broken one");
        Assert.That(visit.Page.Url, Does.Contain($"webhook={broken.Id}"));
        await chooser.FillAsync("");
        await Expect(rows).ToHaveCountAsync(2);

        await visit.Field("Time").SelectOptionAsync("custom");
        await visit.Field("To").FillAsync("2020-01-01T00:00");
        await Expect(visit.Page.GetByText("No delivery matches")).ToBeVisibleAsync();
        await visit.Button("Show all").ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
    }

    [Test]
    public async Task SignedOut_WhileThePageIsOpen_IsToldAndWhatWasSeenStays()
    {
        await using var host = await PortalHost.StartAsync();
        await host.CreateAsync("Shop");
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.InstallAsync();
        host.IsSignedOut = true;
        await visit.Page.Clock.RunForAsync(11_000);
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("You are signed out.");
        await Expect(visit.Page.Locator(".webhook-row")).ToHaveCountAsync(1);
        host.IsSignedOut = false;
        await visit.Page.Clock.RunForAsync(11_000);
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }
}
