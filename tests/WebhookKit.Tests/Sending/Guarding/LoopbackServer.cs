using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>A real receiver on this machine: takes down the head of every request, answers it, and hangs up.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentQueue<string> _heads = new();

    public LoopbackServer(IPAddress? address = null, X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The status line's end.</summary>
    public string Answer { get; init; } = "200 OK";

    /// <summary>The heads of the requests.</summary>
    public IReadOnlyList<string> Heads => [.. _heads];

    /// <summary>The name in the last TLS handshake.</summary>
    public string? ServerName { get; private set; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = await OpenAsync(new NetworkStream(socket, ownsSocket: true));
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var head = new StringBuilder();
            while (await reader.ReadLineAsync() is { Length: > 0 } line) head.AppendLine(line);
            if (head.Length == 0) return;
            _heads.Enqueue(head.ToString());
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        }
        catch (IOException)
        {
            // The sender has hung up.
        }
    }

    private async Task<Stream> OpenAsync(NetworkStream stream)
    {
        if (_certificate is null) return stream;
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, name) =>
            {
                ServerName = name;
                return _certificate;
            },
        });
        return tls;
    }
}
