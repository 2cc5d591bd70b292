using System.Net;
using System.Text;

namespace WebhookKit.Sending.Guarding;

/// <summary>What is wrong with <see cref="EndpointGuardOptions"/>. Pure.</summary>
internal static class GuardOptionsRules
{
    public static IEnumerable<string> FindFaults(EndpointGuardOptions? options)
    {
        if (options is null)
        {
            yield return "WebhookOptions.Guard is null. Leave it at its default, or set EndpointGuardOptions.";
            yield break;
        }

        foreach (var network in options.AllowedNetworks.Where(n => !IsNetwork(n)))
            yield return $"WebhookOptions.Guard.AllowedNetworks has '{network}', which is no range of addresses. Use one such as 10.1.0.0/16, whose bits after the prefix are zero.";
        foreach (var host in options.AllowedHosts.Where(h => !IsHost(h)))
            yield return $"WebhookOptions.Guard.AllowedHosts has '{host}', which is no host name. Use one such as hooks.internal, or *.svc.internal for all below.";
        if (options.Proxy is { } proxy && (!proxy.IsAbsoluteUri || proxy.Scheme is not ("http" or "https")))
            yield return $"WebhookOptions.Guard.Proxy is '{UrlRules.Shown(proxy)}', which is no absolute http URL. Use one such as http://egress.internal:3128.";
    }

    /// <summary>.NET takes <c>10/8</c> for 0.0.0.10/8, drops the bits after the prefix, and IPv4 is judged as such, not mapped into IPv6.</summary>
    private static bool IsNetwork(string? text) =>
        IPNetwork.TryParse(text, out var network) && IPAddress.TryParse(text?.Split('/')[0], out var written) && network.BaseAddress.Equals(AddressRules.Plain(written));

    /// <summary>Whether it is written as the hosts that it is compared with: in ASCII, an address in its shortest form and without brackets.</summary>
    private static bool IsHost(string? host)
    {
        if (host is null) return false;
        if (IPAddress.TryParse(host, out var address)) return host.Equals($"{AddressRules.Plain(address)}", StringComparison.OrdinalIgnoreCase);
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return !name.EndsWith('.') && Ascii.IsValid(name) && Uri.CheckHostName(name) == UriHostNameType.Dns;
    }
}
