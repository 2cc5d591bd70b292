using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using WebhookKit.Sending.Guarding;
using WebhookKit.Tests.Management;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>What would open nothing, or something else than it seems to, is found at the start.</summary>
public sealed class GuardOptionsRulesTests
{
    [TestCase("10.0.0.0/8")]
    [TestCase("127.0.0.1/32")]
    [TestCase("0.0.0.0/0")]
    [TestCase("fd00::/8")]
    [TestCase("FD00:0:0::/48")]
    [TestCase("::1/128")]
    [TestCase("::/0")]
    public void FindFaults_GoodNetwork_IsTaken(string network) => Assert.That(FindFaults(o => o.AllowedNetworks.Add(network)), Is.Empty);

    [TestCase("")]
    [TestCase(null)]
    [TestCase("10.0.0.1")]
    [TestCase("10.0.0.1/8")]
    [TestCase("10.0.0.0/33")]
    [TestCase("10.0.0.0/-1")]
    [TestCase(" 10.0.0.0/8")]
    [TestCase("10.0.0.0/8/8")]
    [TestCase("10.0.0.0/255.0.0.0")]
    [TestCase("10/8")]
    [TestCase("10.1/16")]
    [TestCase("10.0.0.0-10.0.0.255")]
    [TestCase("fd00::1/8")]
    [TestCase("fd00::/129")]
    [TestCase("::ffff:10.0.0.0/104")]
    [TestCase("fe80::%1/64")]
    [TestCase("hooks.internal")]
    [TestCase("*")]
    public void FindFaults_BadNetwork_IsNamedWithItsFix(string? network) => Assert.That(
        FindFaults(o => o.AllowedNetworks.Add(network!)).Single(),
        Does.StartWith($"WebhookOptions.Guard.AllowedNetworks has '{network}', ").And.Contains("Use one such as 10.1.0.0/16"));

    [TestCase("hooks.internal")]
    [TestCase("HOOKS.internal")]
    [TestCase("*.svc.internal")]
    [TestCase("intranet")]
    [TestCase("a_b.internal")]
    [TestCase("xn--bcher-kva.example")]
    [TestCase("10.1.2.3")]
    [TestCase("fd00::1")]
    [TestCase("FD00::1")]
    public void FindFaults_GoodHost_IsTaken(string host) => Assert.That(FindFaults(o => o.AllowedHosts.Add(host)), Is.Empty);

    [TestCase("")]
    [TestCase(null)]
    [TestCase("*")]
    [TestCase("*.")]
    [TestCase("*.*.internal")]
    [TestCase("a.*.internal")]
    [TestCase(".internal")]
    [TestCase("hooks.internal.")]
    [TestCase("*.internal.")]
    [TestCase("a..b")]
    [TestCase("a b")]
    [TestCase(" hooks.internal")]
    [TestCase("hooks.internal:443")]
    [TestCase("https://hooks.internal")]
    [TestCase("hooks.internal/")]
    [TestCase("user@hooks.internal")]
    [TestCase("10.0.0.0/8")]
    [TestCase("*.10.0.0.1")]
    [TestCase("0x7f.1")]
    [TestCase("127.1")]
    [TestCase("[fd00::1]")]
    [TestCase("fd00:0::1")]
    [TestCase("fe80::1%1")]
    [TestCase("bücher.example")]
    public void FindFaults_BadHost_IsNamedWithItsFix(string? host) => Assert.That(
        FindFaults(o => o.AllowedHosts.Add(host!)).Single(),
        Does.StartWith($"WebhookOptions.Guard.AllowedHosts has '{host}', which is no host name. Use one such as hooks.internal"));

    [TestCase("http://egress.internal:3128", true)]
    [TestCase("https://egress.internal/", true)]
    [TestCase("http://127.0.0.1:3128/", true)]
    [TestCase("egress.internal:3128", false)]
    [TestCase("egress", false)]
    [TestCase("/egress", false)]
    [TestCase("socks5://egress.internal:1080", false)]
    [TestCase("ftp://egress.internal", false)]
    public void FindFaults_Proxy_IsAnHttpUrl(string proxy, bool good)
    {
        var faults = FindFaults(o => o.Proxy = new Uri(proxy, UriKind.RelativeOrAbsolute));
        if (good) Assert.That(faults, Is.Empty);
        else Assert.That(faults.Single(), Does.StartWith("WebhookOptions.Guard.Proxy is '").And.Contain(proxy).And.Contain("Use one such as http://egress.internal:3128."));
    }

    [Test]
    public void FindFaults_NoOptions_SaysSo() => Assert.That(GuardOptionsRules.FindFaults(null).Single(), Does.Contain("WebhookOptions.Guard is null. Leave it"));

    [Test]
    public async Task Start_ManyFaults_NamesAllAtOnceWithoutPasswords()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddWebhooks(o =>
        {
            o.Guard.AllowedNetworks.Add("10.0.0.1/8");
            o.Guard.AllowedNetworks.Add("fd00::/129");
            o.Guard.AllowedHosts.Add("hooks.internal.");
            o.Guard.Proxy = new Uri("socks5://ada:geheim@egress.internal");
        });
        using var host = builder.Build();

        var refused = await TestEngine.ThrownAsync<OptionsValidationException>(async () => await host.StartAsync());

        Assert.That(refused.Failures.Count(), Is.EqualTo(4));
        foreach (var value in new[] { "'10.0.0.1/8'", "'fd00::/129'", "'hooks.internal.'", "@egress.internal" }) Assert.That(refused.Failures, Has.Exactly(1).Contains(value));
        Assert.That(refused.Message, Does.Not.Contain("geheim"));
    }

    private static IEnumerable<string> FindFaults(Action<EndpointGuardOptions> configure)
    {
        var options = new EndpointGuardOptions();
        configure(options);
        return GuardOptionsRules.FindFaults(options);
    }
}
