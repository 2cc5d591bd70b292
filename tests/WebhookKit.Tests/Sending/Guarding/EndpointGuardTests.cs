using System.Net;
using NUnit.Framework;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>What the options open, and that they open nothing more.</summary>
public sealed class EndpointGuardTests
{
    [TestCase("hooks.internal", "hooks.internal", true)]
    [TestCase("hooks.internal", "HOOKS.Internal", true)]
    [TestCase("hooks.internal", "hooks.internal.", true)]
    [TestCase("HOOKS.internal", "hooks.internal", true)]
    [TestCase("hooks.internal", "a.hooks.internal", false)]
    [TestCase("hooks.internal", "ahooks.internal", false)]
    [TestCase("hooks.internal", "hooks.internal.evil.com", false)]
    [TestCase("hooks.internal", "internal", false)]
    [TestCase("*.svc.internal", "a.svc.internal", true)]
    [TestCase("*.svc.internal", "a.b.svc.internal", true)]
    [TestCase("*.svc.internal", "A.SVC.INTERNAL.", true)]
    [TestCase("*.svc.internal", "svc.internal", false)]
    [TestCase("*.svc.internal", ".svc.internal", false)]
    [TestCase("*.svc.internal", "asvc.internal", false)]
    [TestCase("*.svc.internal", "a.svc.internal.evil.com", false)]
    [TestCase("intranet", "intranet", true)]
    [TestCase("10.1.2.3", "10.1.2.3", true)]
    [TestCase("10.1.2.3", "10.1.2.30", false)]
    [TestCase("fd00::1", "fd00::1", true)]
    public void IsAllowedHost_Host_MatchesWholeLabels(string allowed, string host, bool expected) =>
        Assert.That(Guard(o => o.AllowedHosts.Add(allowed)).IsAllowedHost(host), Is.EqualTo(expected));

    [TestCase("10.1.0.0/16", "10.1.2.3", true)]
    [TestCase("10.1.0.0/16", "::ffff:10.1.2.3", true)]
    [TestCase("10.1.0.0/16", "10.2.0.0", false)]
    [TestCase("10.1.0.0/16", "::ffff:10.2.0.0", false)]
    [TestCase("10.1.0.0/16", "64:ff9b::10.1.2.3", false)]
    [TestCase("10.1.0.0/16", "2002:a01:203::1", false)]
    [TestCase("0.0.0.0/0", "127.0.0.1", true)]
    [TestCase("0.0.0.0/0", "::1", false)]
    [TestCase("::/0", "::1", true)]
    [TestCase("::/0", "127.0.0.1", false)]
    [TestCase("::/0", "::ffff:127.0.0.1", false)]
    [TestCase("fd00::/8", "fd00::1", true)]
    [TestCase("fd00::/8", "fd00::1%1", true)]
    [TestCase("fd00::/8", "fc00::1", false)]
    [TestCase("64:ff9b::/96", "64:ff9b::8.8.8.8", true)]
    [TestCase("fe80::/10", "fe80::1%2", true)]
    public void FindForbidden_AllowedNetwork_OpensIt(string network, string address, bool expected) =>
        Assert.That(Guard(o => o.AllowedNetworks.Add(network)).FindForbidden(IPAddress.Parse(address)), expected ? Is.Null : Is.Not.Null);

    [TestCase("https://hooks.internal/")]
    [TestCase("https://HOOKS.internal.:8443/a")]
    [TestCase("https://a.svc.internal/")]
    [TestCase("https://intranet/")]
    [TestCase("https://10.1.2.3/")]
    [TestCase("https://0x0a.0x01.515/")]
    [TestCase("https://[::ffff:10.1.2.3]/")]
    [TestCase("https://[fd00::1]/")]
    [TestCase("https://127.0.0.1/")]
    public void FindFaults_AllowedHostOrNetwork_IsTaken(string url) => Assert.That(UrlRules.FindFaults(new Uri(url), Opened()), Is.Empty);

    [TestCase("http://hooks.internal/", "begins with http")]
    [TestCase("http://127.0.0.1/", "begins with http")]
    [TestCase("https://user@hooks.internal/", "user name")]
    [TestCase("https://hooks.internal:0/", "port 0")]
    [TestCase("https://svc.internal/", "inside a network")]
    [TestCase("https://hooks.internal.local/", "inside a network")]
    [TestCase("https://localhost/", "inside a network")]
    [TestCase("https://10.2.0.0/", "10.0.0.0/8")]
    [TestCase("https://169.254.169.254/", "169.254.0.0/16")]
    [TestCase("https://[fd00::1]evil.com/", "something between its ']'")]
    [TestCase("https://[fd00::1/8]/", "something between its ']'")]
    [TestCase("https://hooks.internal\uFF0E/", "not ASCII")]
    public void FindFaults_BesideWhatIsAllowed_IsRefused(string url, string why) =>
        Assert.That(UrlRules.FindFaults(new Uri(url), Opened()), Has.Some.Contains(why));

    [TestCase("http://localhost/")]
    [TestCase("http://LOCALHOST.:5000/")]
    [TestCase("http://a.localhost/")]
    [TestCase("http://127.0.0.1:5000/")]
    [TestCase("http://127.255.255.255/")]
    [TestCase("http://0x7f.1/")]
    [TestCase("http://[::1]:5000/")]
    [TestCase("http://[::ffff:127.0.0.1]/")]
    [TestCase("https://localhost/")]
    [TestCase("https://example.com/")]
    public void FindFaults_AllowLoopback_TakesThisMachineByHttp(string url) =>
        Assert.That(UrlRules.FindFaults(new Uri(url), Guard(o => o.AllowLoopback = true)), Is.Empty);

    [TestCase("http://example.com/", "begins with http")]
    [TestCase("http://8.8.8.8/", "begins with http")]
    [TestCase("http://localhost.example.com/", "begins with http")]
    [TestCase("http://notlocalhost.com/", "begins with http")]
    [TestCase("https://0.0.0.0/", "0.0.0.0/8")]
    [TestCase("https://[::]/", "::/128")]
    [TestCase("https://128.0.0.1.local/", "inside a network")]
    [TestCase("https://10.0.0.1/", "10.0.0.0/8")]
    [TestCase("https://169.254.169.254/", "169.254.0.0/16")]
    [TestCase("https://[::127.0.0.1]/", "::/96")]
    [TestCase("https://[64:ff9b::127.0.0.1]/", "64:ff9b::/96")]
    [TestCase("https://y.internal/", "inside a network")]
    [TestCase("http://user@localhost/", "user name")]
    public void FindFaults_AllowLoopback_OpensNothingElse(string url, string why) =>
        Assert.That(UrlRules.FindFaults(new Uri(url), Guard(o => o.AllowLoopback = true)), Has.Some.Contains(why));

    [TestCase("http://example.com/", null)]
    [TestCase("http://127.0.0.1/", "127.0.0.0/8")]
    [TestCase("http://localhost/", "inside a network")]
    [TestCase("ws://example.com/", "scheme 'ws'")]
    public void FindFaults_AllowHttp_OpensTheSchemeAlone(string url, string? why)
    {
        var faults = UrlRules.FindFaults(new Uri(url), Guard(o => o.AllowHttp = true));
        if (why is null) Assert.That(faults, Is.Empty);
        else Assert.That(faults.Single(), Does.Contain(why));
    }

    private static EndpointGuard Opened() => Guard(o =>
    {
        foreach (var host in new[] { "hooks.internal", "*.svc.internal", "intranet" }) o.AllowedHosts.Add(host);
        foreach (var network in new[] { "10.1.0.0/16", "127.0.0.0/8", "fd00::/8" }) o.AllowedNetworks.Add(network);
    });

    private static EndpointGuard Guard(Action<EndpointGuardOptions> configure)
    {
        var options = new EndpointGuardOptions();
        configure(options);
        Assert.That(GuardOptionsRules.FindFaults(options), Is.Empty);
        return new EndpointGuard(options);
    }
}
