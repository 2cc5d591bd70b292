using System.Net;

namespace WebhookKit.Sending.Guarding;

/// <summary>The checked snapshot of <see cref="EndpointGuardOptions"/>: judges hosts and addresses. Pure.</summary>
internal sealed class EndpointGuard
{
    /// <summary>What a refusal tells the host's developers to do.</summary>
    public const string Fix =
        "If it is meant to be reached, allow it in WebhookOptions.Guard (AllowedHosts or AllowedNetworks); for a receiver on the developer's own machine, call AllowLoopback().";

    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    private readonly bool _allowsHttp;
    private readonly bool _allowsLoopback;
    private readonly string[] _hosts;
    private readonly IPNetwork[] _networks;

    public EndpointGuard(EndpointGuardOptions options)
    {
        _allowsHttp = options.AllowHttp;
        _allowsLoopback = options.AllowLoopback;
        _hosts = [.. options.AllowedHosts];
        _networks = [.. options.AllowedNetworks.Select(n => IPNetwork.Parse(n)), .. options.AllowLoopback ? Loopback : []];
    }

    /// <summary>Whether a host may be reached whatever its addresses are.</summary>
    public bool IsAllowedHost(string host) => _hosts.Any(allowed => Matches(allowed, host.TrimEnd('.')));

    /// <summary>Whether a host may be called by http.</summary>
    public bool AllowsHttp(string host) => _allowsHttp || (_allowsLoopback && IsLoopback(host));

    /// <summary>Whether a name stands for this machine, and that may be reached.</summary>
    public bool IsAllowedLoopback(string host) => _allowsLoopback && IsLoopback(host);

    /// <summary>Finds the rule that forbids an address.</summary>
    /// <returns>The rule; <see langword="null"/> when requests may go there.</returns>
    public string? FindForbidden(IPAddress address)
    {
        var plain = AddressRules.Plain(address);
        return _networks.Any(n => n.Contains(plain)) ? null : AddressRules.FindForbidden(plain);
    }

    private static bool IsLoopback(string host)
    {
        host = host.TrimEnd('.').Trim('[', ']');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && Loopback.Any(n => n.Contains(AddressRules.Plain(address))));
    }

    private static bool Matches(string allowed, string host) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.Length > allowed.Length - 1 && host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase);
}
