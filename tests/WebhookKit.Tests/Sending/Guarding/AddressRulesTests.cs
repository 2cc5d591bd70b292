using System.Net;
using NUnit.Framework;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>The first and the last address inside of every forbidden range, and those just outside.</summary>
public sealed class AddressRulesTests
{
    private const string Allowed = "allowed";

    /// <summary>An address, and the range that forbids it.</summary>
    private const string Table = """
        0.0.0.0                                    0.0.0.0/8
        0.0.0.1                                    0.0.0.0/8
        0.255.255.255                              0.0.0.0/8
        1.0.0.0                                    allowed

        9.255.255.255                              allowed
        10.0.0.0                                   10.0.0.0/8
        10.0.0.1                                   10.0.0.0/8
        10.255.255.255                             10.0.0.0/8
        11.0.0.0                                   allowed

        100.63.255.255                             allowed
        100.64.0.0                                 100.64.0.0/10
        100.64.0.1                                 100.64.0.0/10
        100.127.255.255                            100.64.0.0/10
        100.128.0.0                                allowed

        126.255.255.255                            allowed
        127.0.0.0                                  127.0.0.0/8
        127.0.0.1                                  127.0.0.0/8
        127.255.255.255                            127.0.0.0/8
        128.0.0.0                                  allowed

        169.253.255.255                            allowed
        169.254.0.0                                169.254.0.0/16
        169.254.0.1                                169.254.0.0/16
        169.254.255.255                            169.254.0.0/16
        169.255.0.0                                allowed

        172.15.255.255                             allowed
        172.16.0.0                                 172.16.0.0/12
        172.16.0.1                                 172.16.0.0/12
        172.31.255.255                             172.16.0.0/12
        172.32.0.0                                 allowed

        191.255.255.255                            allowed
        192.0.0.0                                  192.0.0.0/24
        192.0.0.1                                  192.0.0.0/24
        192.0.0.255                                192.0.0.0/24
        192.0.1.0                                  allowed

        192.0.1.255                                allowed
        192.0.2.0                                  192.0.2.0/24
        192.0.2.1                                  192.0.2.0/24
        192.0.2.255                                192.0.2.0/24
        192.0.3.0                                  allowed

        192.88.98.255                              allowed
        192.88.99.0                                192.88.99.0/24
        192.88.99.1                                192.88.99.0/24
        192.88.99.255                              192.88.99.0/24
        192.88.100.0                               allowed

        192.167.255.255                            allowed
        192.168.0.0                                192.168.0.0/16
        192.168.0.1                                192.168.0.0/16
        192.168.255.255                            192.168.0.0/16
        192.169.0.0                                allowed

        198.17.255.255                             allowed
        198.18.0.0                                 198.18.0.0/15
        198.18.0.1                                 198.18.0.0/15
        198.19.255.255                             198.18.0.0/15
        198.20.0.0                                 allowed

        198.51.99.255                              allowed
        198.51.100.0                               198.51.100.0/24
        198.51.100.1                               198.51.100.0/24
        198.51.100.255                             198.51.100.0/24
        198.51.101.0                               allowed

        203.0.112.255                              allowed
        203.0.113.0                                203.0.113.0/24
        203.0.113.1                                203.0.113.0/24
        203.0.113.255                              203.0.113.0/24
        203.0.114.0                                allowed

        223.255.255.255                            allowed
        224.0.0.0                                  224.0.0.0/4
        224.0.0.1                                  224.0.0.0/4
        239.255.255.255                            224.0.0.0/4
        240.0.0.0                                  240.0.0.0/4

        240.0.0.1                                  240.0.0.0/4
        255.255.255.255                            240.0.0.0/4

        168.63.129.15                              allowed
        168.63.129.16                              168.63.129.16/32
        168.63.129.17                              allowed

        ::                                         ::/128
        ::1                                        ::1/128
        ::ffff:ffff                                ::/96
        ::1:0:0                                    2000::/3

        64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff      2000::/3
        64:ff9b::                                  64:ff9b::/96
        64:ff9b::1                                 64:ff9b::/96
        64:ff9b::ffff:ffff                         64:ff9b::/96
        64:ff9b::1:0:0                             2000::/3

        64:ff9b:0:ffff:ffff:ffff:ffff:ffff         2000::/3
        64:ff9b:1::                                64:ff9b:1::/48
        64:ff9b:1::1                               64:ff9b:1::/48
        64:ff9b:1:ffff:ffff:ffff:ffff:ffff         64:ff9b:1::/48
        64:ff9b:2::                                2000::/3

        ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff      2000::/3
        100::                                      100::/64
        100::1                                     100::/64
        100::ffff:ffff:ffff:ffff                   100::/64
        100:0:0:1::                                100:0:0:1::/64

        100:0:0:1::1                               100:0:0:1::/64
        100::1:ffff:ffff:ffff:ffff                 100:0:0:1::/64
        100:0:0:2::                                2000::/3

        2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff    allowed
        2001::                                     2001::/23
        2001::1                                    2001::/23
        2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff     2001::/23
        2001:200::                                 allowed

        2001:db7:ffff:ffff:ffff:ffff:ffff:ffff     allowed
        2001:db8::                                 2001:db8::/32
        2001:db8::1                                2001:db8::/32
        2001:db8:ffff:ffff:ffff:ffff:ffff:ffff     2001:db8::/32
        2001:db9::                                 allowed

        2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff    allowed
        2002::                                     2002::/16
        2002::1                                    2002::/16
        2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff    2002::/16
        2003::                                     allowed

        3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff    allowed
        3fff::                                     3fff::/20
        3fff::1                                    3fff::/20
        3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff     3fff::/20
        3fff:1000::                                allowed

        5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff    2000::/3
        5f00::                                     5f00::/16
        5f00::1                                    5f00::/16
        5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff    5f00::/16
        5f01::                                     2000::/3

        fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff    2000::/3
        fc00::                                     fc00::/7
        fc00::1                                    fc00::/7
        fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff    fc00::/7
        fe00::                                     2000::/3

        fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff    2000::/3
        fe80::                                     fe80::/10
        fe80::1                                    fe80::/10
        febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff    fe80::/10
        fec0::                                     fec0::/10

        fec0::1                                    fec0::/10
        feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff    fec0::/10
        ff00::                                     ff00::/8

        ff00::1                                    ff00::/8
        ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff    ff00::/8

        1.1.1.1                                    allowed
        8.8.8.8                                    allowed
        25.0.0.1                                   allowed
        169.254.169.254                            169.254.0.0/16
        100.100.100.200                            100.64.0.0/10
        192.0.0.192                                192.0.0.0/24
        255.255.255.255                            240.0.0.0/4
        2606:4700::1111                            allowed
        2001:4860:4860::8888                       allowed
        fd00:ec2::254                              fc00::/7
        fd20:ce::254                               fc00::/7

        1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff    2000::/3
        2000::                                     allowed
        3fff:1000::                                allowed
        3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff    allowed
        4000::                                     2000::/3

        # IPv4 mapped into IPv6: the IPv4 inside counts.
        ::ffff:0.0.0.0                             0.0.0.0/8
        ::ffff:1.0.0.0                             allowed
        ::ffff:9.255.255.255                       allowed
        ::ffff:10.0.0.0                            10.0.0.0/8
        ::ffff:10.255.255.255                      10.0.0.0/8
        ::ffff:11.0.0.0                            allowed
        ::ffff:100.64.0.1                          100.64.0.0/10
        ::ffff:127.0.0.1                           127.0.0.0/8
        ::ffff:7f00:1                              127.0.0.0/8
        ::ffff:169.254.169.254                     169.254.0.0/16
        ::ffff:a9fe:a9fe                           169.254.0.0/16
        ::ffff:172.16.0.1                          172.16.0.0/12
        ::ffff:192.168.0.1                         192.168.0.0/16
        ::ffff:168.63.129.16                       168.63.129.16/32
        ::ffff:224.0.0.1                           224.0.0.0/4
        ::ffff:255.255.255.255                     240.0.0.0/4
        ::ffff:8.8.8.8                             allowed
        ::ffff:808:808                             allowed

        # Other ways to carry IPv4, a public one too: what they lead to is not for us to know.
        ::127.0.0.1                                ::/96
        ::8.8.8.8                                  ::/96
        ::ffff:0:127.0.0.1                         2000::/3
        ::ffff:0:8.8.8.8                           2000::/3
        ::fffe:127.0.0.1                           2000::/3
        2002:7f00:1::                              2002::/16
        2002:a00:1::1                              2002::/16
        2002:a9fe:a9fe::1                          2002::/16
        2002:808:808::1                            2002::/16
        64:ff9b::127.0.0.1                         64:ff9b::/96
        64:ff9b::169.254.169.254                   64:ff9b::/96
        64:ff9b::8.8.8.8                           64:ff9b::/96
        64:ff9b:1::127.0.0.1                       64:ff9b:1::/48
        64:ff9b:1:ffff::8.8.8.8                    64:ff9b:1::/48
        64:ff9b:0:0:0:1::1                         2000::/3
        2001::1                                    2001::/23
        2001:0:4136:e378:8000:63bf:3fff:fdd2       2001::/23
        2001:0:7f00:1::                            2001::/23
        2001:10::1                                 2001::/23
        2001:20::1                                 2001::/23

        # A zone says by which network card, and changes nothing.
        fe80::1%1                                  fe80::/10
        fe80::1%99                                 fe80::/10
        ::1%1                                      ::1/128
        fd00::1%1                                  fc00::/7
        ff02::1%1                                  ff00::/8
        2001:db8::1%1                              2001:db8::/32
        2606:4700::1111%1                          allowed
        ::ffff:127.0.0.1%1                         127.0.0.0/8
        ::ffff:8.8.8.8%1                           allowed
        """;

    private static IEnumerable<TestCaseData> Cases() => Table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(cells => new TestCaseData(cells[0], cells[1]));

    [TestCaseSource(nameof(Cases))]
    public void FindForbidden_Address_NamesTheRange(string address, string expected)
    {
        var rule = AddressRules.FindForbidden(IPAddress.Parse(address));

        if (expected == Allowed) Assert.That(rule, Is.Null);
        else if (expected == "2000::/3") Assert.That(rule, Does.StartWith("what is outside of 2000::/3 ("));
        else Assert.That(rule, Does.StartWith($"{expected} ("));
    }

    [Test]
    public void Cases_Table_HasAtLeast150OfThem() => Assert.That(Cases().Select(c => c.Arguments[0]).Distinct().Count(), Is.AtLeast(150));

    [TestCase("::ffff:10.0.0.1", "10.0.0.1")]
    [TestCase("::ffff:8.8.8.8%3", "8.8.8.8")]
    [TestCase("fe80::1%3", "fe80::1")]
    [TestCase("2606:4700::1111", "2606:4700::1111")]
    [TestCase("8.8.8.8", "8.8.8.8")]
    [TestCase("::8.8.8.8", "::8.8.8.8")]
    public void Plain_Address_IsWithoutMappingAndZone(string address, string plain) =>
        Assert.That(AddressRules.Plain(IPAddress.Parse(address)), Is.EqualTo(IPAddress.Parse(plain)));
}
