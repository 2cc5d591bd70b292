using System.Collections.Concurrent;
using System.Net;

namespace WebhookKit.Sending.Guarding;

/// <summary>Looks names up as the system does.</summary>
/// <remarks>
/// The system's look-up blocks a thread on most platforms, asynchronous or not, for as long as a name server is silent. A stranger's name
/// server must not take the thread pool from the host, so each look-up has a thread of its own, and each name one at a time. There are no more of
/// them than attempts that are under way, and those that attempts which have given up have left behind until the system gives up too.
/// </remarks>
/// <param name="lookUp">Looks a name up and blocks; the system's unless a test says.</param>
internal sealed class DnsResolver(Func<string, IPAddress[]>? lookUp = null) : IHostResolver
{
    private readonly ConcurrentDictionary<string, Task<IPAddress[]>> _underWay = new(StringComparer.OrdinalIgnoreCase);

    public async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var own = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lookedUp = _underWay.GetOrAdd(host, own.Task);
        if (lookedUp == own.Task) Start(host, own);
        return await lookedUp.WaitAsync(cancellationToken);
    }

    private void Start(string host, TaskCompletionSource<IPAddress[]> result)
    {
        try
        {
            // What the caller has in its ambient context is not for those who join.
            new Thread(() => LookUp(host, result)) { IsBackground = true, Name = "WebhookKit look-up" }.UnsafeStart();
        }
        catch (Exception cause)
        {
            // There are no more threads.
            Fail(host, result, cause);
        }
    }

    private void LookUp(string host, TaskCompletionSource<IPAddress[]> result)
    {
        try
        {
            var addresses = lookUp is null ? Dns.GetHostAddresses(host) : lookUp(host);
            _underWay.TryRemove(host, out _);
            result.SetResult(addresses);
        }
        catch (Exception cause)
        {
            Fail(host, result, cause);
        }
    }

    private void Fail(string host, TaskCompletionSource<IPAddress[]> result, Exception cause)
    {
        _underWay.TryRemove(host, out _);
        result.SetException(cause);

        // Observed: whoever asked may have given up.
        _ = result.Task.Exception;
    }
}
