using System.Net;
using System.Net.Sockets;

namespace WebhookKit.Benchmarks.Receivers;

/// <summary>The cheapest client that there is: connections on bare sockets, each with one request after another.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket[] _sockets;

    public RawClient(int port, int connections)
    {
        _sockets = new Socket[connections];
        for (var i = 0; i < connections; i++)
        {
            _sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _sockets[i].Connect(IPAddress.Loopback, port);
        }
    }

    /// <summary>Sends all requests.</summary>
    /// <exception cref="InvalidOperationException">One was not answered with 200.</exception>
    public async Task SendAsync(byte[][] requests)
    {
        var next = -1;
        await Task.WhenAll(_sockets.Select(socket => Task.Run(async () =>
        {
            var answer = new byte[1024];
            while (Interlocked.Increment(ref next) is var i && i < requests.Length)
            {
                await socket.SendAsync(requests[i], SocketFlags.None);
                var length = 0;
                while (answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0) length += await socket.ReceiveAsync(answer.AsMemory(length), SocketFlags.None);
                if (!answer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException(System.Text.Encoding.ASCII.GetString(answer, 0, length));
            }
        })));
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }
}
