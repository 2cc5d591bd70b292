using System.Threading.Channels;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>The requests of one bin, newest last, bounded in number and bytes, and those who watch it.</summary>
internal sealed class Bin(int maxRequests, int maxBytes, BinSettings settings)
{
    private const int MaxBehind = 256;

    private readonly Lock _gate = new();
    private readonly Queue<CapturedRequest> _requests = new();
    private readonly HashSet<Channel<CapturedRequest?>> _watchers = [];
    private long _lastNumber;
    private int _bytes;

    public BinSettings Settings { get; set; } = settings;

    public IReadOnlyList<CapturedRequest> Requests
    {
        get
        {
            lock (_gate) return [.. _requests];
        }
    }

    public long NextNumber() => Interlocked.Increment(ref _lastNumber);

    public void Add(CapturedRequest request)
    {
        lock (_gate)
        {
            _requests.Enqueue(request);
            _bytes += request.Size;
            while (_requests.Count > maxRequests || (_bytes > maxBytes && _requests.Count > 1)) _bytes -= _requests.Dequeue().Size;
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(request);
        }
    }

    /// <summary>Forgets all requests. Those who watch get a <see langword="null"/>.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
            _bytes = 0;
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(null);
        }
    }

    /// <summary>Begins to watch: what is there, and what comes. Who is slow misses the oldest.</summary>
    public ChannelReader<CapturedRequest?> Watch(CancellationToken end)
    {
        var watcher = Channel.CreateBounded<CapturedRequest?>(new BoundedChannelOptions(MaxBehind) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate)
        {
            foreach (var request in _requests) watcher.Writer.TryWrite(request);
            _watchers.Add(watcher);
        }

        end.UnsafeRegister(
            _ =>
            {
                lock (_gate) _watchers.Remove(watcher);
            },
            null);
        return watcher.Reader;
    }
}
