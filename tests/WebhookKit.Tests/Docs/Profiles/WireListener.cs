using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WebhookKit.Tests.Docs.Profiles;

/// <summary>A socket that takes down requests byte for byte, whatever host they were meant for, and answers 200.</summary>
internal sealed class WireListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public WireListener() => _listener.Start();

    /// <summary>A handler whose connections all lead here.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_listener.LocalEndpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Takes down one request.</summary>
    public async Task<WireRequest> TakeAsync()
    {
        using var connection = await _listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        List<byte> bytes = [];
        int end;
        while ((end = EndOfHead(bytes)) < 0) await ReadAsync(stream, bytes);
        var head = Encoding.ASCII.GetString([.. bytes[..end]]);
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines[1..].Select(l => l.Split(": ", 2)).Select(h => KeyValuePair.Create(h[0], h[1])).ToArray();
        var length = headers.FirstOrDefault(h => h.Key == "Content-Length").Value is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
        while (bytes.Count < end + length) await ReadAsync(stream, bytes);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        return new WireRequest(lines[0], headers, [.. bytes[end..]]);
    }

    public void Dispose() => _listener.Dispose();

    private static int EndOfHead(List<byte> bytes)
    {
        var at = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes).IndexOf("\r\n\r\n"u8);
        return at < 0 ? -1 : at + 4;
    }

    private static async Task ReadAsync(NetworkStream stream, List<byte> bytes)
    {
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer);
        if (read == 0) throw new EndOfStreamException("The request ended early.");
        bytes.AddRange(buffer[..read]);
    }
}
