using System.Net;

namespace WebhookKit.Sending.Guarding;

/// <summary>Looks names up as the system does.</summary>
internal sealed class DnsResolver : IHostResolver
{
    public async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => await Dns.GetHostAddressesAsync(host, cancellationToken);
}
