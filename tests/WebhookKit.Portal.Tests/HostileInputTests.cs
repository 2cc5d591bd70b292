namespace WebhookKit.Portal.Tests;

/// <summary>Whatever users and endpoints write is shown as text and breaks nothing.</summary>
internal sealed class HostileInputTests
{
    private const string Script = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";
    private const string Reordering = "safe\u202Egnp.exe\u2066\u200F\u200B\u0007 שלום";

    private static readonly string LongWord = new('W', 180);

    [TestCase(Script)]
    [TestCase(Reordering)]
    [TestCase("javascript:alert(1)//")]
    [TestCase("${window.hacked=1}{{constructor.constructor('window.hacked=1')()}}")]
    [TestCase("long")]
    public async Task Fields_AllOfThem_AreShownAsText(string input)
    {
        var text = input == "long" ? LongWord : input;
        await using var host = await PortalHost.StartAsync();
        host.Receiver.Answer("/shop", 500, $"{text}\n{text}");

        // Up to what is shown by its number.
        var visible = new string([.. text.TakeWhile(c => char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format)]);
        var webhook = await host.Subscriptions.CreateAsync(host.New(text.Replace("\u0007", "", StringComparison.Ordinal)) with
        {
            // One that keeps trying: it is the person here who disables it.
            Profile = WebhookProfiles.StandardWebhooks.Name,
            Url = new Uri(host.Receiver.Url($"/shop?q={Uri.EscapeDataString(text)}&raw={new string([.. text.Where(c => c > ' ' && !char.IsWhiteSpace(c) && !char.IsControl(c))])}")),
            Headers = new Dictionary<string, string> { ["X-Own"] = new([.. text.Where(char.IsAscii).Where(c => !char.IsControl(c))]) },
            Filter = WebhookFilter.Data("$.hostile").EqualTo(text),
        });
        await host.Publisher.PublishAsync("subscriber.created", new { hostile = text }, new PublishOptions
        {
            TenantId = PortalHost.Account,
            OrderingKey = text,
            Attributes = new Dictionary<string, string> { ["note"] = text },
        });
        await using var visit = await Visit.StartAsync(host, width: 360, height: 740);
        await AssertHarmlessAsync(visit, visible);
        await visit.OpenAsync($"webhooks/{webhook.Id}");
        await AssertHarmlessAsync(visit, visible);
        await visit.Button("Disable…").ClickAsync();
        await visit.Field("Reason").FillAsync(text);
        await visit.Button("Disable").ClickAsync();
        await Expect(visit.Page.Locator(".alert.warn")).ToContainTextAsync(visible[..4]);
        await visit.OpenAsync($"webhooks/{webhook.Id}/edit");
        await AssertHarmlessAsync(visit, null);
        await visit.OpenAsync("deliveries");
        await AssertHarmlessAsync(visit, visible);
        await visit.Page.Locator(".row-title").First.ClickAsync();
        await Expect(visit.Page.GetByLabel("Payload", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".attempts > li").First).ToBeVisibleAsync();
        await AssertHarmlessAsync(visit, visible);
        await visit.OpenAsync("statistics");
        await AssertHarmlessAsync(visit, null);
        await visit.OpenAsync($"webhooks?search={Uri.EscapeDataString(text)}");
        await AssertHarmlessAsync(visit, null);
    }

    [Test]
    public async Task Form_HostileInput_ComesBackInErrorsAsText()
    {
        await using var host = await PortalHost.StartAsync();
        await using var visit = await Visit.StartAsync(host, "webhooks/new", width: 360, height: 740);
        visit.Allow(422);
        await visit.Field("Name").FillAsync(Script);
        await visit.Field("URL (required)").FillAsync($"http://{Script}/");
        await visit.Field("Another event type or pattern").FillAsync(Script + LongWord);
        await visit.Button("Add").ClickAsync();
        await visit.Page.Locator(".advanced > summary").ClickAsync();
        await visit.Button("Add a header").ClickAsync();
        await visit.Field("Name of header 1").FillAsync(Script);
        await visit.Field("Value of header 1").FillAsync(Reordering);
        await visit.Field("Filter").FillAsync($$"""{"data":"{{Reordering.Replace("\u0007", "", StringComparison.Ordinal)}}","equalTo":1}""");
        await visit.Field("Requests at once").FillAsync(Script);
        await visit.Button("Create webhook").ClickAsync();
        await Expect(visit.Page.Locator(".form > .alert")).ToBeVisibleAsync();
        await AssertHarmlessAsync(visit, null);
    }

    [Test]
    public async Task Invisible_Characters_AreShownByTheirNumbers()
    {
        await using var host = await PortalHost.StartAsync();
        await host.CreateAsync("a\u202Eb\u200Fc\u2066d");
        await using var visit = await Visit.StartAsync(host);
        await Expect(visit.Page.Locator(".row-title .invisible")).ToHaveTextAsync(["U+202E", "U+200F", "U+2066"]);
        await Expect(visit.Page.Locator(".row-title")).ToHaveTextAsync("aU+202EbU+200FcU+2066d");
        await visit.Page.Locator(".row-title").ClickAsync();
        await Expect(visit.Page).ToHaveTitleAsync("a⟨U+202E⟩b⟨U+200F⟩c⟨U+2066⟩d · Webhooks");
    }

    private static async Task AssertHarmlessAsync(Visit visit, string? visible)
    {
        Assert.That(await visit.Page.EvaluateAsync<bool>("() => 'hacked' in window"), Is.False, "A script of the input has run.");
        Assert.That(await visit.Page.EvaluateAsync<int>("() => document.querySelectorAll('main img, main script, main iframe').length"), Is.Zero);
        Assert.That(await visit.Page.EvaluateAsync<bool>("() => /[\\u202a-\\u202e\\u2066-\\u2069\\u0007]/.test(document.querySelector('main').innerText)"), Is.False, "The direction of what surrounds it can be changed.");
        Assert.That(await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"), Is.LessThanOrEqualTo(0), "It is wider than the screen.");
        if (visible is not null) await Expect(visit.Page.Locator("main")).ToContainTextAsync(visible[..Math.Min(8, visible.Length)]);
    }
}
