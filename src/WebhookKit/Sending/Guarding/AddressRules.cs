using System.Net;
using System.Net.Sockets;

namespace WebhookKit.Sending.Guarding;

/// <summary>Which addresses no request may go to: all that are not a host of the public internet. Pure.</summary>
internal static class AddressRules
{
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    private static readonly (IPNetwork Network, string Use)[] Forbidden =
    [
        .. new (string, string)[]
        {
            ("0.0.0.0/8", "this network"),
            ("10.0.0.0/8", "private networks"),
            ("100.64.0.0/10", "carriers' own networks"),
            ("127.0.0.0/8", "loopback"),
            ("169.254.0.0/16", "link-local, where clouds keep their metadata"),
            ("172.16.0.0/12", "private networks"),
            ("192.0.0.0/24", "protocols' own"),
            ("192.0.2.0/24", "documentation"),
            ("192.88.99.0/24", "6to4 relays"),
            ("192.168.0.0/16", "private networks"),
            ("198.18.0.0/15", "benchmarks"),
            ("198.51.100.0/24", "documentation"),
            ("203.0.113.0/24", "documentation"),
            ("224.0.0.0/4", "multicast"),
            ("240.0.0.0/4", "reserved and broadcast"),
            ("168.63.129.16/32", "a cloud's own services"),
            ("::/128", "unspecified"),
            ("::1/128", "loopback"),
            ("::/96", "IPv4 in IPv6"),
            ("64:ff9b::/96", "translated IPv4"),
            ("64:ff9b:1::/48", "translated IPv4"),
            ("100::/64", "discarded"),
            ("100:0:0:1::/64", "discarded"),
            ("2001::/23", "protocols' own, Teredo among them"),
            ("2001:db8::/32", "documentation"),
            ("2002::/16", "6to4"),
            ("3fff::/20", "documentation"),
            ("5f00::/16", "segment routing"),
            ("fc00::/7", "private networks"),
            ("fe80::/10", "link-local"),
            ("fec0::/10", "site-local"),
            ("ff00::/8", "multicast"),
        }.Select(rule => (IPNetwork.Parse(rule.Item1), rule.Item2)),
    ];

    /// <summary>Finds the range that forbids an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The range and its use, such as <c>10.0.0.0/8 (private networks)</c>; <see langword="null"/> when requests may go there.</returns>
    public static string? FindForbidden(IPAddress address)
    {
        address = Plain(address);
        foreach (var (network, use) in Forbidden)
        {
            if (network.Contains(address)) return $"{network} ({use})";
        }

        return address.AddressFamily == AddressFamily.InterNetwork || Global.Contains(address) ? null : "what is outside of 2000::/3 (no public address)";
    }

    /// <summary>The address without its zone, and IPv4 out of its mapping into IPv6: <c>::ffff:10.0.0.1</c> is 10.0.0.1.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;
}
