namespace WebhookKit.Portal.Tests.Demo;

/// <summary>Every view and every dialog that there is, and how one gets there.</summary>
internal static class Views
{
    public static IReadOnlyList<string> All { get; } =
    [
        "list", "list-empty", "new", "new-errors", "new-mailup", "edit", "webhook", "webhook-disabled", "deliveries", "deliveries-chooser", "delivery", "delivery-exhausted", "statistics", "unknown",
        "dialog-test", "dialog-tested", "dialog-rotate", "dialog-secret", "dialog-recover", "dialog-copy", "dialog-disable", "dialog-delete", "dialog-conflict", "dialog-cancel",
    ];

    public static async Task ShowAsync(DemoHost demo, Visit visit, string view)
    {
        var webhook = $"webhooks/{demo.Webhooks["CRM sync"].Id}";
        switch (view)
        {
            case "list": await visit.OpenAsync("webhooks"); break;
            case "list-empty": await visit.OpenAsync("webhooks?search=nothing-like-this"); break;
            case "new": await visit.OpenAsync("webhooks/new"); break;
            case "new-errors":
                visit.Allow(422);
                await visit.OpenAsync("webhooks/new");
                await visit.Field("URL (required)").FillAsync("ftp://example.com/");
                await visit.Button("Create webhook").ClickAsync();
                await Expect(visit.Page.Locator(".alert.bad li")).ToHaveCountAsync(2);
                break;
            case "new-mailup":
                await visit.OpenAsync("webhooks/new");
                await visit.Field("Profile").SelectOptionAsync("MailUp");
                await visit.Page.Locator(".advanced > summary").ClickAsync();
                await visit.Button("Add a header").ClickAsync();
                await visit.Page.GetByLabel("Every event").CheckAsync();
                await visit.Page.GetByLabel("Send several events in one request").CheckAsync();
                break;
            case "edit": await visit.OpenAsync($"{webhook}/edit"); break;
            case "webhook": await visit.OpenAsync(webhook); break;
            case "webhook-disabled": await visit.OpenAsync($"webhooks/{demo.Webhooks["Old newsletter tool"].Id}"); break;
            case "deliveries": await visit.OpenAsync("deliveries"); break;
            case "deliveries-chooser":
                await visit.OpenAsync("deliveries?range=custom");
                await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Webhook", Exact = true }).FillAsync("er");
                await Expect(visit.Page.Locator("#webhook-list li").First).ToBeVisibleAsync();
                break;
            case "delivery": await visit.OpenAsync($"deliveries/{demo.Retrying}"); break;
            case "delivery-exhausted": await visit.OpenAsync($"deliveries/{demo.Exhausted}"); break;
            case "statistics": await visit.OpenAsync("statistics"); break;
            case "unknown": await visit.OpenAsync("nowhere"); break;
            case "dialog-test": await OpenDialogAsync(visit, webhook, "Send test event"); break;
            case "dialog-tested":
                await OpenDialogAsync(visit, webhook, "Send test event");
                await visit.Dialog.GetByLabel("Event type").SelectOptionAsync("subscriber.created");
                await visit.Dialog.GetByLabel("Data").FillAsync("""{"email":"ada@example.com"}""");
                await visit.Button("Send").ClickAsync();
                await Expect(visit.Button("Send again")).ToBeVisibleAsync();
                break;
            case "dialog-rotate": await OpenDialogAsync(visit, webhook, "Rotate…"); break;
            case "dialog-secret":
                await OpenDialogAsync(visit, webhook, "Rotate…");
                await visit.Button("Rotate").ClickAsync();
                await Expect(visit.Page.Locator("#secret")).ToBeVisibleAsync();
                break;
            case "dialog-recover": await OpenDialogAsync(visit, webhook, "Recover…"); break;
            case "dialog-copy": await OpenDialogAsync(visit, webhook, "Copy…"); break;
            case "dialog-disable": await OpenDialogAsync(visit, webhook, "Disable…"); break;
            case "dialog-delete": await OpenDialogAsync(visit, webhook, "Delete…"); break;
            case "dialog-conflict":
                visit.Allow(412);
                await visit.OpenAsync($"{webhook}/edit");
                await demo.Host.Subscriptions.RotateSecretAsync(demo.Webhooks["CRM sync"].Id, overlap: TimeSpan.Zero);
                await visit.Button("Save changes").ClickAsync();
                await Expect(visit.Dialog).ToBeVisibleAsync();
                break;
            case "dialog-cancel": await OpenDialogAsync(visit, $"deliveries/{demo.Retrying}", "Cancel…"); break;
            default: throw new ArgumentOutOfRangeException(nameof(view), view, "There is no such view.");
        }
    }

    private static async Task OpenDialogAsync(Visit visit, string route, string button)
    {
        await visit.OpenAsync(route);
        await visit.Button(button).ClickAsync();
        await Expect(visit.Dialog).ToBeVisibleAsync();
    }
}
