namespace WebhookKit.Portal.Tests;

/// <summary>The machine's own Chromium, one for all tests. Without it the tests are skipped; in CI they fail.</summary>
[SetUpFixture]
internal sealed class Chromium
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // It runs as root in containers, and asks nobody for anything.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static IPlaywright? _driver;
    private static IBrowser? _browser;

    public static IBrowser Browser
    {
        get
        {
            if (_browser is null) Miss("There is no Chromium. Run ./test.sh as root, or install Debian's package 'chromium'.");
            return _browser!;
        }
    }

    public static string? Path { get; } = Array.Find([Environment.GetEnvironmentVariable("WEBHOOKKIT_TEST_CHROMIUM") ?? "", .. Places], File.Exists);

    /// <summary>What a test does that needs something that is not here: it is skipped, but in CI it fails.</summary>
    public static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) Assert.Fail(reason);
        Assert.Ignore(reason);
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (Path is null) return;
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = Arguments });
        SetDefaultExpectTimeout(20_000);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _driver?.Dispose();
    }
}
