using System.Collections.Concurrent;

namespace WebhookKit.Portal.Tests;

/// <summary>
/// One person's look at the portal. When it ends, nothing may have gone wrong in the browser: no error in the console, no failed request,
/// no request to anywhere else.
/// </summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly PortalHost _host;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<int, bool> _expected = new();
    private int _loads;

    private Visit(IBrowserContext context, IPage page, PortalHost host)
    {
        _context = context;
        _host = host;
        Page = page;
        page.Console += (_, message) =>
        {
            // A refusal that the test provokes is an error to Chromium's console, though not to the portal.
            if (message.Type is "error" or "warning" && !_expected.Keys.Any(status => message.Text.Contains($"status of {status}", StringComparison.Ordinal))) _faults.Enqueue($"console: {message.Text}");
        };
        page.PageError += (_, error) => _faults.Enqueue($"error: {error}");
        page.RequestFailed += (_, request) =>
        {
            // What the browser itself gives up when it leaves a page.
            if (request.Failure != "net::ERR_ABORTED") _faults.Enqueue($"request failed: {request.Url} {request.Failure}");
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(host.Origin, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) _faults.Enqueue($"request to outside: {request.Url}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400 && !_expected.ContainsKey(response.Status)) _faults.Enqueue($"{response.Status}: {response.Request.Method} {response.Url}");
        };
    }

    public IPage Page { get; }

    public static async Task<Visit> StartAsync(PortalHost host, string route = "", int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await Chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
            HasTouch = width < 700,
            IsMobile = width < 700,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(20_000);
        var visit = new Visit(context, await context.NewPageAsync(), host);
        await visit.OpenAsync(route);
        return visit;
    }

    /// <summary>Says that the test makes the server refuse something with this status.</summary>
    public void Allow(int status) => _expected[status] = true;

    public async Task OpenAsync(string route)
    {
        // The query makes it a load of its own, also where only the fragment differs.
        await Page.GotoAsync($"{_host.Url}?{++_loads}#/{route}");
        await Expect(Page.Locator("h1")).ToBeVisibleAsync();
        await Expect(Page.Locator(".loading")).ToHaveCountAsync(0);
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public void AssertClean() => Assert.That(_faults, Is.Empty, "Something went wrong in the browser.");

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        AssertClean();
    }
}
