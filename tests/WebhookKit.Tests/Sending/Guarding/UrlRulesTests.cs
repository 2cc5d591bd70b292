using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>Every odd form is either refused, or delivered to the very host that a browser would name.</summary>
public sealed class UrlRulesTests
{
    private static readonly EndpointGuard Guard = new(new EndpointGuardOptions());
    private static readonly EndpointGuard GuardWithHttp = new(new EndpointGuardOptions { AllowHttp = true });

    private static IEnumerable<TestCaseData> Refused() => RefusedUrls.All.Select(Case);

    private static IEnumerable<TestCaseData> RefusedForSpaces() => RefusedUrls.WithSpaces().Select(Case);

    private static IEnumerable<TestCaseData> Accepted() => AcceptedUrls.All.Select(Case);

    [TestCaseSource(nameof(Refused))]
    [TestCaseSource(nameof(RefusedForSpaces))]
    public void FindFaults_HostileForm_IsRefused(object form)
    {
        var (text, why, _) = (UrlForm)form;
        Assert.That(FindFaults(text), Is.Not.Empty.And.Some.Contains(why));
    }

    [TestCaseSource(nameof(Accepted))]
    public async Task FindFaults_GoodForm_GoesToTheHostThatABrowserNames(object form)
    {
        var (text, host, port) = (UrlForm)form;
        var url = new Uri(text);

        Assert.That(UrlRules.FindFaults(url, GuardWithHttp), Is.Empty);

        var (target, targetPort) = await ConnectAsync(url);
        if (IPAddress.TryParse(host, out var address)) Assert.That(IPAddress.Parse(target), Is.EqualTo(address));
        else Assert.That(target, Is.EqualTo(host));
        Assert.That(targetPort, Is.EqualTo(port));
    }

    /// <summary>Their labels decode to nothing that a browser takes. As they are ASCII, nobody can take them for another host.</summary>
    [TestCase("xn--a.com")]
    [TestCase("xn--zn7c.com")]
    [TestCase("xn--55555555555555.com")]
    [TestCase("xn--bcher-kvb.example")]
    [TestCase("xn--0.com")]
    [TestCase("xn--a-ecp.ru")]
    public async Task FindFaults_PunycodeOfNothing_GoesToThatVeryName(string host)
    {
        var url = new Uri($"https://{host}/");
        Assert.That(UrlRules.FindFaults(url, Guard), Is.Empty);
        Assert.That(await ConnectAsync(url), Is.EqualTo((host, 443)));
    }

    [Test]
    public void Forms_Tables_HaveAtLeast150OfThem() =>
        Assert.That(RefusedUrls.All.Concat(AcceptedUrls.All).Select(f => f.Text).Distinct().Count(), Is.AtLeast(150));

    [TestCase("https://１２７.０.０.１/")]
    [TestCase("https://exa\u00admple.com/")]
    [TestCase("https://ⓔⓧⓐⓜⓟⓛⓔ.com/")]
    public void FindFaults_NotAscii_NamesNoHostThatCouldBeAnother(string url) =>
        Assert.That(UrlRules.FindFaults(new Uri(url), Guard).Single(), Does.Not.Contain("'xn--"), "without ICU, .NET makes another host of it than browsers do");

    [Test]
    public void FindFaults_ManyFaults_NamesAll() =>
        Assert.That(UrlRules.FindFaults(new Uri("https://a:b@localhost:0/ a#b"), Guard).Count(), Is.EqualTo(5));

    [TestCase("/hooks", "'/hooks' is not absolute")]
    [TestCase("//user:geheim@127.0.0.1/", "is not absolute")]
    [TestCase("example.com", "'example.com' is not absolute")]
    public void FindFaults_Relative_IsRefused(string url, string why)
    {
        var fault = UrlRules.FindFaults(new Uri(url, UriKind.Relative), Guard).Single();
        Assert.That(fault, Does.Contain(why).And.Not.Contain("geheim"));
    }

    [Test]
    public void FindFaults_PathKeptAsItIs_IsJudgedAllTheSame()
    {
        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        Assert.That(UrlRules.FindFaults(new Uri("https://example.com/a\r\nEvil: b", raw), Guard), Has.Some.Contains("line break"));
        Assert.That(UrlRules.FindFaults(new Uri("https://example.com/a#b", raw), Guard), Has.Some.Contains("Leave out '#b'"));
        Assert.That(UrlRules.FindFaults(new Uri("https://127.0.0.1/../%2e%2e/a", raw), Guard), Has.Some.Contains("127.0.0.0/8"));
        Assert.That(UrlRules.FindFaults(new Uri("https://example.com/../%2e%2e/a", raw), Guard), Is.Empty);
    }

    private static TestCaseData Case(UrlForm form) => new TestCaseData(form).SetArgDisplayNames($"{form}");

    /// <summary>What a host application gets to hear that makes a URL of the text.</summary>
    private static IReadOnlyList<string> FindFaults(string text)
    {
        try
        {
            return [.. UrlRules.FindFaults(new Uri(text), Guard)];
        }
        catch (UriFormatException cause)
        {
            return [cause.Message];
        }
    }

    /// <summary>Where the HTTP client connects to for a URL.</summary>
    private static async Task<(string Host, int Port)> ConnectAsync(Uri url)
    {
        DnsEndPoint? target = null;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (context, _) =>
            {
                target = context.DnsEndPoint;
                throw new SocketException((int)SocketError.ConnectionRefused);
            },
        };
        using var client = new HttpClient(handler);
        try
        {
            await client.GetAsync(url);
        }
        catch (HttpRequestException)
        {
            // It has said where to.
        }

        return (target!.Host, target.Port);
    }
}
