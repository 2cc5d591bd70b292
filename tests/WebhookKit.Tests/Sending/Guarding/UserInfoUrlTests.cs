using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>A profile that takes the user info out of the URL judges the rest as it was written.</summary>
public sealed class UserInfoUrlTests
{
    private const string UserInfo = "ada:geheim@";
    private WebhookTestHarness _engine = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _engine = await TestEngine.StartAsync(o => o.Guard.AllowHttp = true);

    [OneTimeTearDown]
    public async Task StopAsync() => await _engine.DisposeAsync();

    private static IEnumerable<TestCaseData> Refused() => RefusedUrls.All
        .Where(f => !f.Expected.Contains("begins with http", StringComparison.Ordinal))
        .Concat(RefusedUrls.WithSpaces())
        .SelectMany(Cases);

    private static IEnumerable<TestCaseData> Accepted() => AcceptedUrls.All.SelectMany(Cases);

    [TestCaseSource(nameof(Refused))]
    public async Task CreateAsync_HostileFormWithUserInfo_IsRefusedWithoutRepeatingIt(object form)
    {
        if (!Uri.TryCreate(((UrlForm)form).Text, UriKind.Absolute, out var url)) return; // The host application cannot get so far.

        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await CreateAsync(url));

        Assert.That(refused.Errors.Select(e => e.Field), Is.All.EqualTo("Url"));
        Assert.That(refused.Message, Does.Not.Contain("geheim"));
    }

    [TestCaseSource(nameof(Accepted))]
    public async Task CreateAsync_GoodFormWithUserInfo_IsTheUrlWithoutIt(object form)
    {
        var text = ((UrlForm)form).Text;

        var subscription = await CreateAsync(new Uri(text));

        var expected = new Uri(text.Replace(UserInfo, "", StringComparison.Ordinal));
        Assert.That(subscription.Url.OriginalString, Is.EqualTo(expected.OriginalString));
        Assert.That(subscription.Url, Is.EqualTo(expected));
        Assert.That(subscription.Url.UserInfo, Is.Empty);
        Assert.That(subscription.Secrets.Single().Value, Is.EqualTo("ada:geheim"));
    }

    [TestCase("https://[::1]:80@example.com/", "example.com", "[::1]:80")]
    [TestCase("https://[::1]@example.com/", "example.com", "[::1]")]
    [TestCase("https://us[er:p]w@example.com/", "example.com", "us[er:p]w")]
    [TestCase("https://<ada>:\"`{|}^@example.com/", "example.com", "<ada>:\"`{|}^")]
    [TestCase("https://example.com:443@evil.example/", "evil.example", "example.com:443")]
    [TestCase("https://user%40example.com@evil.example/", "evil.example", "user@example.com:")]
    [TestCase("https://example.com%2f:%5c@evil.example/", "evil.example", "example.com/:\\")]
    [TestCase("https://%25:%3a%23%3f@evil.example/", "evil.example", "%::#?")]
    [TestCase("https://ü:ö\u200d@example.com/", "example.com", "ü:ö\u200d")]
    public async Task CreateAsync_OddUserInfo_IsDecodedAsABrowserDoes(string url, string host, string secret)
    {
        var subscription = await CreateAsync(new Uri(url));
        Assert.That((subscription.Url, subscription.Secrets.Single().Value), Is.EqualTo((new Uri($"https://{host}/"), secret)));
    }

    [TestCase("https://us\\er@example.com/")]
    [TestCase("https://127.0.0.1\\:geheim@example.com/")]
    [TestCase("https://example.com\\@127.0.0.1/")]
    [TestCase("https://ada:geheim@example.com@127.0.0.1/")]
    [TestCase("https://ada:geheim@127.0.0.1/")]
    [TestCase("https://ada:geheim@0x7f.1/")]
    [TestCase("https://ada:geheim@127.0.0.1./")]
    [TestCase("https://ada:geheim@localhost/")]
    [TestCase("https://ada:ge\theim@example.com/")]
    [TestCase("https://ada:ge\nheim@example.com/")]
    [TestCase("https://ada:ge\0heim@example.com/")]
    [TestCase(" https://ada:geheim@example.com/")]
    [TestCase("https://ada:geheim@example.com/ ")]
    [TestCase("mailto:ada@example.com")]
    [TestCase("ssh://ada@example.com")]
    public async Task CreateAsync_UserInfoTricks_AreRefused(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)) return;
        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await CreateAsync(url));
        Assert.That(refused.Message, Does.Not.Contain("geheim"));
    }

    private ValueTask<WebhookSubscription> CreateAsync(Uri url) => _engine.SubscribeAsync(s => s with { Profile = "Mailjet", Url = url });

    private static IEnumerable<TestCaseData> Cases(UrlForm form)
    {
        var at = form.Text.IndexOf("://", StringComparison.Ordinal);
        if (at < 0 || form.Text.Contains('@', StringComparison.Ordinal)) yield break;
        var with = form with { Text = form.Text.Insert(at + 3, UserInfo) };
        yield return new TestCaseData(with).SetArgDisplayNames($"{with}");
    }
}
