namespace WebhookKit.Portal.Tests;

/// <summary>All can be done without a mouse, and one always knows where one is.</summary>
internal sealed class KeyboardTests
{
    [Test]
    public async Task Create_WithTheKeyboardOnly_Works()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host);
        var keys = visit.Page.Keyboard;
        await keys.PressAsync("Tab");
        await Expect(visit.Link("Skip to content")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(visit.Page.Locator("h1")).ToBeFocusedAsync();
        await TabToAsync(visit, visit.Link("New webhook"));
        await keys.PressAsync("Enter");
        await Expect(visit.Heading("New webhook")).ToBeFocusedAsync();
        await TabToAsync(visit, visit.Field("Name"));
        await keys.TypeAsync("By keys");
        await keys.PressAsync("Tab");
        await keys.TypeAsync(host.Receiver.Url("/keys"));
        await TabToAsync(visit, visit.Page.GetByLabel("subscriber.created"));
        await keys.PressAsync("Space");
        await TabToAsync(visit, visit.Field("Another event type or pattern"));
        await keys.TypeAsync("campaign.*");
        await keys.PressAsync("Enter");
        await TabToAsync(visit, visit.Button("Create webhook"));
        await keys.PressAsync("Enter");
        await Expect(visit.Dialog).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(visit.Heading("By keys")).ToBeFocusedAsync();
        var stored = (await host.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = PortalHost.Account })).Items.Single();
        Assert.That(stored.EventTypes, Is.EquivalentTo(new[] { "subscriber.created", "campaign.*" }));
    }

    [Test]
    public async Task Dialog_Opened_KeepsTheFocusAndGivesItBack()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.CreateAsync();
        await using var visit = await Visit.StartAsync(host, $"webhooks/{webhook.Id}");
        await visit.Button("Delete…").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Dialog).ToHaveAccessibleNameAsync("Delete this webhook?");
        for (var i = 0; i < 10; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            Assert.That(await visit.Page.EvaluateAsync<bool>("() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null"), Is.True, "The focus left the dialog.");
        }

        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Button("Delete…")).ToBeFocusedAsync();
        Assert.That(await host.Subscriptions.GetAsync(webhook.Id), Is.Not.Null);
    }

    [Test]
    public async Task Routes_ChangedByBackAndForward_TitleAndFocusFollow()
    {
        await using var host = await PortalHost.StartAsync();
        var webhook = await host.CreateAsync("Shop");
        await using var visit = await Visit.StartAsync(host);
        await visit.Link("Shop").ClickAsync();
        await Expect(visit.Heading("Shop")).ToBeFocusedAsync();
        await Expect(visit.Page).ToHaveTitleAsync("Shop · Webhooks");
        await visit.Page.GoBackAsync();
        await Expect(visit.Page).ToHaveTitleAsync("Webhooks");
        await Expect(visit.Page.Locator("h1")).ToBeFocusedAsync();
        await visit.Page.GoForwardAsync();
        await Expect(visit.Page).ToHaveTitleAsync("Shop · Webhooks");
        Assert.That(visit.Page.Url, Does.EndWith($"#/webhooks/{webhook.Id}"));
    }

    private static async Task TabToAsync(Visit visit, ILocator target)
    {
        await Expect(target).ToBeVisibleAsync();
        for (var i = 0; i < 80; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement")) return;
        }

        Assert.Fail("The keyboard does not get there.");
    }
}
