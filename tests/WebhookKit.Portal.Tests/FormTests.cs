using System.Globalization;
using System.Text.RegularExpressions;

namespace WebhookKit.Portal.Tests;

/// <summary>Creating and changing webhooks: what is wrong is shown where it is, and each dialect has its own fields.</summary>
internal sealed class FormTests
{
    [Test]
    public async Task Create_ManyFaults_ShowsEachAtItsFieldAndASummaryOfAll()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host, "webhooks/new");
        visit.Allow(422);
        await visit.Field("URL (required)").FillAsync("ftp://example.com");
        await visit.Page.Locator(".advanced > summary").ClickAsync();
        await visit.Field("Requests at once").FillAsync("many");
        await visit.Button("Add a header").ClickAsync();
        await visit.Field("Name of header 1").FillAsync("Host");
        await visit.Field("Value of header 1").FillAsync("x");
        await visit.Button("Create webhook").ClickAsync();

        var summary = visit.Page.Locator(".form > .alert");
        await Expect(summary).ToBeFocusedAsync();
        await Expect(summary.Locator("li")).ToHaveCountAsync(4);
        foreach (var field in new[] { "URL (required)", "Requests at once" }) await Expect(visit.Field(field)).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visit.Field("URL (required)")).ToHaveAccessibleDescriptionAsync(new Regex("ftp"));
        await Expect(visit.Page.Locator("#field-headers .error")).ToContainTextAsync("Host");
        await Expect(visit.Page.Locator("#field-events .error")).ToContainTextAsync("name one event type");

        // From the summary to the field, with the keyboard.
        await summary.GetByRole(AriaRole.Button, new() { Name = "Requests at once" }).PressAsync("Enter");
        await Expect(visit.Field("Requests at once")).ToBeFocusedAsync();

        // What is mended is not said again.
        await visit.Field("Requests at once").FillAsync("3");
        await visit.Field("URL (required)").FillAsync(host.Receiver.Url("/x"));
        await visit.Button("Create webhook").ClickAsync();
        await Expect(summary.Locator("li")).ToHaveCountAsync(2);
        await Expect(visit.Field("URL (required)")).Not.ToHaveAttributeAsync("aria-invalid", "true");
    }

    [Test]
    public async Task Create_FilterThatIsNoJson_IsSaidAtTheFilter()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host, "webhooks/new");
        await visit.Page.Locator(".advanced > summary").ClickAsync();
        await visit.Field("Filter").FillAsync("{oops");
        await visit.Button("Create webhook").ClickAsync();
        await Expect(visit.Page.Locator("#field-filter-error")).ToContainTextAsync("no JSON");
    }

    [Test]
    public async Task Create_EventThatNeedsBatching_AsksForTheSwitch()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host, "webhooks/new");
        visit.Allow(422);
        var batching = visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Send several events in one request" });
        await visit.Field("URL (required)").FillAsync(host.Receiver.Url("/x"));
        await visit.Page.GetByLabel("campaign.open").CheckAsync();
        await Expect(batching).ToHaveAttributeAsync("aria-required", "true");
        await Expect(visit.Page.Locator(".alert.warn")).ToContainTextAsync("campaign.open comes in masses");
        await visit.Button("Create webhook").ClickAsync();
        await Expect(visit.Page.Locator(".form > .alert li")).ToHaveCountAsync(1);
        await batching.CheckAsync();
        await visit.Field("Events at most").FillAsync("20");
        await visit.Field("Wait at most (ms)").FillAsync("5000");
        await visit.Button("Create webhook").ClickAsync();
        await visit.Button("I have kept it").ClickAsync();
        await Expect(visit.Heading("Set up")).ToBeVisibleAsync();
        var stored = (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = PortalHost.Account })).Items.Single();
        Assert.That((stored.Batching!.MaxEvents, stored.Batching.MaxDelay), Is.EqualTo((20, TimeSpan.FromSeconds(5))));
    }

    [Test]
    public async Task Create_BatchingLeftAsShown_StoresWhatIsShown()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host, "webhooks/new");
        await visit.Field("URL (required)").FillAsync(host.Receiver.Url("/x"));
        await visit.Page.GetByLabel("campaign.open").CheckAsync();
        await visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Send several events in one request" }).CheckAsync();
        var shown = TimeSpan.FromMilliseconds(int.Parse(await visit.Field("Wait at most (ms)").InputValueAsync(), CultureInfo.InvariantCulture));
        await visit.Button("Create webhook").ClickAsync();
        await Expect(visit.Dialog).ToBeVisibleAsync();
        var stored = (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = PortalHost.Account })).Items.Single();
        Assert.That(stored.Batching!.MaxDelay, Is.EqualTo(shown));
    }

    [Test]
    public async Task Create_ForMailUp_SetsMethodParametersSourceAndEncryption()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host, "webhooks/new");
        await visit.Field("Name").FillAsync("List 3");
        await visit.Field("URL (required)").FillAsync(host.Receiver.Url("/mailup"));
        await visit.Page.GetByLabel("Unsubscribe", new() { Exact = false }).First.CheckAsync();
        await visit.Field("Profile").SelectOptionAsync("MailUp");
        await visit.Field("Method").SelectOptionAsync("GET");
        await Expect(visit.Page.Locator(".pairs li")).ToHaveCountAsync(6);
        await visit.Button("Remove parameter 6").ClickAsync();
        await visit.Button("Add a parameter").ClickAsync();
        await visit.Field("Name of parameter 6").FillAsync("city");
        await visit.Field("Value of parameter 6").FillAsync("[Field02]");
        await visit.Page.GetByLabel("Encrypted").CheckAsync();
        await visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Console" }).UncheckAsync();
        await visit.Page.Locator(".advanced > summary").ClickAsync();
        await visit.Field("Secret of your own").FillAsync("a key of ours");
        await visit.Button("Create webhook").ClickAsync();
        await visit.Button("I have kept it").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("List 3");

        var stored = (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = PortalHost.Account })).Items.Single();
        Assert.That(stored.Settings, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["method"] = "GET",
            ["parameters"] = "evt=[EventType]&evd=[EventDate]&eml=[Email]&idl=[IdList]&idn=[IdNL]&city=[Field02]",
            ["encrypted"] = "true",
        }));
        Assert.That(stored.Filter?.ToJson(), Is.EqualTo("""{"attribute":"EventSource","in":["API","Recipient"]}"""));

        // The form shows again what it has stored.
        await visit.OpenAsync($"webhooks/{stored.Id}/edit");
        await Expect(visit.Field("Method")).ToHaveValueAsync("GET");
        await Expect(visit.Field("Name of parameter 6")).ToHaveValueAsync("city");
        await Expect(visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Console" })).Not.ToBeCheckedAsync();
        await visit.Button("Save changes").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("Saved.");
        Assert.That((await host.Subscriptions.GetAsync(stored.Id))!.Settings, Is.EquivalentTo(stored.Settings));
    }

    [Test]
    public async Task Create_ForMailjet_SetsVersionAndBackupUrl()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host, "webhooks/new");
        visit.Allow(422);
        await visit.Field("URL (required)").FillAsync(host.Receiver.Url("/mailjet"));
        await visit.Page.GetByLabel("bounce", new() { Exact = false }).First.CheckAsync();
        await visit.Field("Profile").SelectOptionAsync("Mailjet");
        await visit.Field("Version").SelectOptionAsync("1");
        await visit.Field("Backup URL").FillAsync("https://10.0.0.1/");
        await visit.Button("Create webhook").ClickAsync();
        await Expect(visit.Field("Backup URL")).ToHaveAttributeAsync("aria-invalid", "true");
        await visit.Field("Backup URL").FillAsync(host.Receiver.Url("/backup"));
        await visit.Button("Create webhook").ClickAsync();
        await Expect(visit.Heading("Set up")).ToBeVisibleAsync();
        var stored = (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = PortalHost.Account })).Items.Single();
        Assert.That((stored.Profile, stored.Settings["version"], stored.Settings["backup_url"]), Is.EqualTo(("Mailjet", "1", host.Receiver.Url("/backup"))));
    }

    [Test]
    public async Task Edit_Everything_IsStoredAndHiddenHeadersStay()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.Subscriptions.CreateAsync(host.New() with { Headers = new Dictionary<string, string> { ["X-Key"] = "very-secret" } });
        await using var visit = await Visit.StartAsync(host, $"webhooks/{webhook.Id}/edit");
        await visit.Field("Name").FillAsync("Renamed");
        await visit.Page.GetByLabel("All of subscriber.*").CheckAsync();
        await Expect(visit.Page.GetByLabel("subscriber.updated")).ToBeDisabledAsync();
        await visit.Page.Locator(".advanced > summary").ClickAsync();
        await visit.Button("Add a header").ClickAsync();
        await visit.Field("Name of header 2").FillAsync("X-More");
        await visit.Field("Value of header 2").FillAsync("more");
        await visit.Field("Order").SelectOptionAsync("per_key");
        await visit.Field("Requests at once").FillAsync("4");
        await visit.Field("Rate limit: requests").FillAsync("10");
        await visit.Field("in each").SelectOptionAsync("60000");
        await visit.Field("Filter").FillAsync("""{"data":"$.plan","equalTo":"pro"}""");
        await visit.Button("Save changes").ClickAsync();
        await Expect(visit.Heading("Renamed")).ToBeVisibleAsync();
        Assert.That(await visit.Page.ContentAsync(), Does.Not.Contain("very-secret"));

        var stored = (await host.Subscriptions.GetAsync(webhook.Id))!;
        Assert.Multiple(() =>
        {
            Assert.That(stored.EventTypes, Is.EquivalentTo(new[] { "subscriber.created", "subscriber.*" }));
            Assert.That(stored.Headers, Is.EquivalentTo(new Dictionary<string, string> { ["X-Key"] = "very-secret", ["X-More"] = "more" }));
            Assert.That((stored.Order, stored.MaxConcurrency, stored.RateLimit), Is.EqualTo((DeliveryOrder.PerKey, 4, new RateLimit(10, TimeSpan.FromMinutes(1)))));
            Assert.That(stored.Filter!.ToJson(), Is.EqualTo("""{"data":"$.plan","equalTo":"pro"}"""));
        });
    }

    [Test]
    public async Task Edit_HeaderRenamed_AsksForItsValueAgain()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.Subscriptions.CreateAsync(host.New() with { Headers = new Dictionary<string, string> { ["X-Key"] = "very-secret", ["X-Other"] = "kept" } });
        await using var visit = await Visit.StartAsync(host, $"webhooks/{webhook.Id}/edit");
        await visit.Page.Locator(".advanced > summary").ClickAsync();
        var name = visit.Field("Name of header 1");
        var value = visit.Page.Locator("#field-headers li").First.GetByLabel("Value of header 1");
        var fault = visit.Page.Locator("#field-headers .error p");
        await Expect(value).ToHaveAttributeAsync("placeholder", "Unchanged");

        // The same name, as headers go.
        await name.FillAsync("x-key");
        await Expect(value).ToHaveAttributeAsync("placeholder", "Unchanged");
        await Expect(fault).ToHaveCountAsync(0);

        await name.FillAsync("X-New");
        await Expect(value).ToHaveAttributeAsync("placeholder", "Value");
        await Expect(fault).ToContainTextAsync("X-Key");
        await visit.Button("Save changes").ClickAsync();
        await Expect(visit.Page.Locator(".form > .alert li")).ToHaveTextAsync(new Regex("^Headers: .*X-Key"));
        await Expect(fault).ToHaveCountAsync(1);

        await name.FillAsync("X-Key");
        await Expect(value).ToHaveAttributeAsync("placeholder", "Unchanged");
        await name.FillAsync("X-New");
        await value.FillAsync("new");
        await visit.Button("Save changes").ClickAsync();
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("Saved.");
        Assert.That((await host.Subscriptions.GetAsync(webhook.Id))!.Headers, Is.EquivalentTo(new Dictionary<string, string> { ["X-New"] = "new", ["X-Other"] = "kept" }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Edit_ChangedBySomebodyElse_IsExplainedAndNothingIsLost(bool overwrites)
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.CreateAsync();
        await using var visit = await Visit.StartAsync(host, $"webhooks/{webhook.Id}/edit");
        visit.Allow(412);
        await visit.Field("Name").FillAsync("Mine");
        await host.Subscriptions.UpdateAsync(webhook with { Name = "Theirs" });
        await visit.Button("Save changes").ClickAsync();
        await Expect(visit.Dialog).ToContainTextAsync("has changed since you opened it");
        Assert.That((await host.Subscriptions.GetAsync(webhook.Id))!.Name, Is.EqualTo("Theirs"));
        if (overwrites)
        {
            await visit.Button("Save mine over it").ClickAsync();
            await Expect(visit.Heading("Mine")).ToBeVisibleAsync();
        }
        else
        {
            await visit.Button("Cancel").Last.ClickAsync();
            await Expect(visit.Field("Name")).ToHaveValueAsync("Mine");
            await visit.Button("Save changes").ClickAsync();
            await visit.Button("drop yours and load theirs").ClickAsync();
            await Expect(visit.Field("Name")).ToHaveValueAsync("Theirs");
            await visit.Field("Name").FillAsync("Both");
            await visit.Button("Save changes").ClickAsync();
            await Expect(visit.Heading("Both")).ToBeVisibleAsync();
        }
    }

    [Test]
    public async Task Copy_ToAnotherScope_MakesOneThereWithASecretOfItsOwn()
    {
        await using var host = await PortalHost.StartAsync(portal => portal.Api.ListScopes = _ => new([new WebhookScope("other", "The other list")]));
        var webhook = await host.CreateAsync("Shop", "/shop", "subscriber.*");
        await using var visit = await Visit.StartAsync(host, $"webhooks/{webhook.Id}");
        await visit.Button("Copy…").ClickAsync();
        await visit.Field("To").SelectOptionAsync("The other list");
        await visit.Field("Name of the copy").FillAsync("Shop, copied");
        await visit.Button("Copy").ClickAsync();
        await Expect(visit.Page.Locator("#secret")).ToBeVisibleAsync();
        var secret = await visit.Page.Locator("#secret").InnerTextAsync();
        await visit.Button("I have kept it").ClickAsync();
        var copy = (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = "other" })).Items.Single();
        Assert.That((copy.Name, copy.Url, copy.EventTypes.Single(), copy.Secrets[0].Value), Is.EqualTo(("Shop, copied", webhook.Url, "subscriber.*", secret)));
    }

    [Test]
    public async Task Copy_NoScopes_IsNotOffered()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.CreateAsync();
        await using var visit = await Visit.StartAsync(host, $"webhooks/{webhook.Id}");
        await Expect(visit.Button("Delete…")).ToBeVisibleAsync();
        await Expect(visit.Button("Copy…")).ToHaveCountAsync(0);
    }
}
