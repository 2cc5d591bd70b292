using System.Net;
using System.Net.Sockets;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>A way to the server that can be broken: connections on it are cut, and new ones closed at once, until it is mended.</summary>
internal sealed class BreakableWay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];
    private readonly Lock _gate = new();
    private readonly string _host;
    private readonly int _port;
    private bool _isBroken;
    private int _refused;

    public BreakableWay(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many came while it was broken.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            foreach (var client in _clients) client.Close();
            _clients.Clear();
        }
    }

    public void Mend()
    {
        lock (_gate) _isBroken = false;
    }

    public void Dispose()
    {
        Break();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                Connect(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception cause) when (cause is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private void Connect(TcpClient client)
    {
        lock (_gate)
        {
            if (_isBroken)
            {
                Interlocked.Increment(ref _refused);
                client.Close();
                return;
            }

            var server = new TcpClient(_host, _port);
            _clients.AddRange([client, server]);
            _ = PumpAsync(client, server);
            _ = PumpAsync(server, client);
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
        }

        from.Close();
        to.Close();
    }
}
