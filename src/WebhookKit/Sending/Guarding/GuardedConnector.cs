using System.Net;
using System.Net.Sockets;

namespace WebhookKit.Sending.Guarding;

/// <summary>
/// Makes the connections of all requests: looks the host up, judges every answer, connects to what was judged, and judges the other
/// end again. What was looked up when the URL was saved counts for nothing: names change.
/// </summary>
/// <param name="guard">Judges.</param>
/// <param name="resolver">Looks up.</param>
/// <param name="time">The clock.</param>
/// <param name="patience">How long an address may be silent before the next is tried; a few seconds unless a test says.</param>
internal sealed class GuardedConnector(EndpointGuard guard, IHostResolver resolver, TimeProvider time, TimeSpan? patience = null)
{
    private const int MaxAddresses = 64;
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(3);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var isAllowedHost = guard.IsAllowedHost(host);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver.ResolveAsync(host, cancellationToken);
        if (!isAllowedHost) Check(addresses);

        // One after another: the deadline is the attempt's. One that is silent does not keep those behind it from their turn.
        Exception? last = null;
        var tried = Math.Min(addresses.Length, MaxAddresses);
        for (var i = 0; i < tried; i++)
        {
            using var silence = new CancellationTokenSource(i + 1 < tried ? _patience : Timeout.InfiniteTimeSpan, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
            try
            {
                return await ConnectAsync(addresses[i], port, isAllowedHost, either.Token);
            }
            catch (Exception cause) when (cause is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
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
