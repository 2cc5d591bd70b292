using System.Net;
using System.Net.Sockets;
using Npgsql;

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
    private long _received;

    /// <param name="connectionString">Of the server.</param>
    public BreakableWay(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        (_host, _port) = (parts.Host!, parts.Port);
        _listener.Start();
        (parts.Host, parts.Port) = ("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        ConnectionString = parts.ConnectionString;
        _ = AcceptAsync();
    }

    /// <summary>That of the server by this way.</summary>
    public string ConnectionString { get; }

    /// <summary>How many came while it was broken.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>How many bytes the server has sent.</summary>
    public long Received => Volatile.Read(ref _received);

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
            _ = PumpAsync(client, server, static _ => { });
            _ = PumpAsync(server, client, count => Interlocked.Add(ref _received, count));
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Action<int> passed)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await from.GetStream().ReadAsync(buffer)) > 0;)
            {
                passed(count);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
        }

        from.Close();
        to.Close();
    }
}
