using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>A server on a free loopback port that does to each connection what the test says, byte by byte, and counts them.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly Func<SocketPeer, Task> _talk;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _accepting;
    private TaskCompletionSource _allClosed = new();
    private int _accepted;
    private int _open;

    private SocketServer(Func<SocketPeer, Task> talk, SslServerAuthenticationOptions? tls)
    {
        (_talk, _tls) = (talk, tls);
        _allClosed.SetResult();
        _listener.Start(backlog: 512);
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"{(_tls is null ? "http" : "https")}://{_listener.LocalEndpoint}/hook");

    /// <summary>How many connections there have been.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How many connections neither side has closed.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <param name="talk">What to do to a connection. It is closed when that ends.</param>
    /// <param name="tls">With which options to begin TLS first; <see langword="null"/> for plain TCP.</param>
    public static SocketServer Start(Func<SocketPeer, Task> talk, SslServerAuthenticationOptions? tls = null) => new(talk, tls);

    /// <summary>Waits until all connections are closed, for less time than an idle one may stay open of itself.</summary>
    public Task WhenAllClosedAsync()
    {
        lock (_stopping) return _allClosed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await WhenAllClosedAsync();
        _stopping.Dispose();
        if (!_faults.IsEmpty) throw new AggregateException("The test's own server failed.", _faults);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token));
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        Count(1);
        try
        {
            using var peer = new SocketPeer(socket, _stopping.Token);
            if (_tls is not null) await peer.BeginTlsAsync(_tls);
            await _talk(peer);
        }
        catch (Exception cause) when (cause is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side went away, or the test has ended.
        }
        catch (Exception cause)
        {
            _faults.Enqueue(cause);
        }
        finally
        {
            Count(-1);
        }
    }

    private void Count(int change)
    {
        lock (_stopping)
        {
            if (change > 0) _accepted++;
            _open += change;
            if (_open == 0) _allClosed.TrySetResult();
            else if (_allClosed.Task.IsCompleted) _allClosed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
