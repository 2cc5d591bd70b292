using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace WebhookKit.Benchmarks.Receiving;

/// <summary>
/// The cheapest receiver that there is: keep-alive HTTP/1.1 on bare sockets, an empty 200 for every request. The path says what
/// else it does: <c>/m/3</c> measures how long ago the body's <c>"at"</c> was and books it on endpoint 3, <c>/slow/1000</c>
/// answers after so many milliseconds, <c>/hang</c> never does.
/// </summary>
internal sealed class RawReceiver : IDisposable
{
    /// <summary>The largest request, a batch of a hundred events, has a quarter of it.</summary>
    private const int BufferSize = 128 * 1024;

    private readonly Socket[] _listeners;

    public RawReceiver(int ports)
    {
        _listeners = new Socket[ports];
        for (var i = 0; i < ports; i++)
        {
            _listeners[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _listeners[i].Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listeners[i].Listen(1024);
            _ = AcceptAsync(_listeners[i]);
        }
    }

    public ReceiverStats Stats { get; } = new();

    public IEnumerable<int> Ports => _listeners.Select(l => ((IPEndPoint)l.LocalEndPoint!).Port);

    private static ReadOnlyMemory<byte> Answer { get; } = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    public void Dispose()
    {
        foreach (var listener in _listeners) listener.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true) _ = ServeAsync(await listener.AcceptAsync());
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        socket.NoDelay = true;
        var buffer = new byte[BufferSize];
        var length = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None) is var read and > 0)
            {
                length += read;
                while (Handle(buffer.AsSpan(0, length), out var delay) is var used and > 0)
                {
                    length -= used;
                    buffer.AsSpan(used, length).CopyTo(buffer);
                    if (delay == Timeout.InfiniteTimeSpan) continue;
                    if (delay > TimeSpan.Zero) await Task.Delay(delay);
                    await socket.SendAsync(Answer, SocketFlags.None);
                }
            }
        }
        catch (SocketException)
        {
            // The sender has gone away.
        }
    }

    private int Handle(ReadOnlySpan<byte> received, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        var used = RequestReader.TryRead(received, out var path, out var body);
        if (used == 0) return 0;
        if (path.StartsWith("hang"u8)) delay = Timeout.InfiniteTimeSpan;
        else if (path.StartsWith("slow/"u8)) delay = TimeSpan.FromMilliseconds(NumberAt(path["slow/".Length..]));
        else if (path.StartsWith("m/"u8)) Stats.Measured((int)NumberAt(path["m/".Length..]), NumberAt(body[(body.IndexOf("\"at\":"u8) + 5)..]));
        Stats.Received(used);
        return used;
    }

    private static long NumberAt(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long number, out _) ? number : 0;
}
