using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>One connection to a <see cref="SocketServer"/>, seen from the server.</summary>
internal sealed partial class SocketPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly CancellationToken _stopping;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private Stream _stream;
    private int _length;

    public SocketPeer(Socket socket, CancellationToken stopping)
    {
        (_socket, _stopping) = (socket, stopping);
        _socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public async Task BeginTlsAsync(SslServerAuthenticationOptions options)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        await tls.AuthenticateAsServerAsync(options, _stopping);
    }

    /// <summary>Reads one request.</summary>
    /// <returns>Its head; <see langword="null"/> when the other side has closed.</returns>
    public async ValueTask<string?> ReadRequestAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await ReadMoreAsync()) return null;
        }

        var head = Encoding.Latin1.GetString(_buffer, 0, end);
        Drop(end + 4);
        var body = ContentLength().Match(head) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
        while (true)
        {
            var here = Math.Min(_length, body);
            Drop(here);
            if ((body -= here) == 0) return head;
            if (!await ReadMoreAsync()) return null;
        }
    }

    /// <summary>Reads whatever comes first.</summary>
    public async Task ReadAsync() => await ReadMoreAsync();

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes, _stopping);

    public ValueTask WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Writes the same again and again until the other side has closed.</summary>
    public async Task WriteForEverAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true) await WriteAsync(bytes);
    }

    /// <summary>Writes one byte after another, 50 a second, again and again until the other side has closed.</summary>
    public async Task DribbleAsync(ReadOnlyMemory<byte> bytes)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; await pace.WaitForNextTickAsync(_stopping); i = (i + 1) % bytes.Length) await WriteAsync(bytes.Slice(i, 1));
    }

    /// <summary>Waits until the other side has closed.</summary>
    public async Task WhenClosedAsync()
    {
        do _length = 0;
        while (await ReadMoreAsync());
    }

    /// <summary>Does nothing, not even reading, until the test has ended.</summary>
    public Task WhenStoppedAsync() => Task.Delay(Timeout.Infinite, _stopping);

    /// <summary>Closes without a farewell: the other side gets a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _stream.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    [GeneratedRegex(@"^Content-Length: (\d+)\r?$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();

    private async ValueTask<bool> ReadMoreAsync()
    {
        if (_length == _buffer.Length) throw new InvalidOperationException("The request's head is too long for the test.");
        var read = await _stream.ReadAsync(_buffer.AsMemory(_length), _stopping);
        _length += read;
        return read > 0;
    }

    private void Drop(int count)
    {
        _length -= count;
        _buffer.AsSpan(count, _length).CopyTo(_buffer);
    }
}
