using System.Net;
using System.Net.Sockets;

namespace WebhookKit.Sending.Guarding;

/// <summary>
/// Makes the connections of all requests: looks the host up, judges every answer, connects to what was judged, and judges the other
/// end again. What was looked up when the URL was saved counts for nothing: names change.
/// </summary>
internal sealed class GuardedConnector(EndpointGuard guard, IHostResolver resolver)
{
    private const int MaxAddresses = 64;

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var isAllowedHost = guard.IsAllowedHost(host);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver.ResolveAsync(host, cancellationToken);
        if (!isAllowedHost) Check(addresses);

        // One after another: the deadline is the attempt's.
        SocketException? last = null;
        foreach (var address in addresses.Take(MaxAddresses))
        {
            try
            {
                return await ConnectAsync(address, port, isAllowedHost, cancellationToken);
            }
            catch (SocketException cause)
            {
                last = cause;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async ValueTask<Stream> ConnectAsync(IPAddress address, int port, bool isAllowedHost, CancellationToken cancellationToken)
    {
        // What is mapped into IPv6 is reached by IPv4 only.
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            if (!isAllowedHost) Check([((IPEndPoint)socket.RemoteEndPoint!).Address]);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One bad answer among good ones is enough: whoever gives it wants to be connected to it.</summary>
    private void Check(IPAddress[] addresses)
    {
        foreach (var address in addresses)
        {
            if (guard.FindForbidden(address) is { } rule) throw EndpointBlockedException.ForAddress(rule);
        }
    }
}
