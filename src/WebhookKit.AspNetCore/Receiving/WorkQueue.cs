using System.Collections.Concurrent;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>
/// Work that waits in memory, bounded, and is done by so many at once. A worker begins when there is work and ends when there is none: an idle
/// queue costs nothing.
/// </summary>
/// <param name="capacity">How much may wait or be under way.</param>
/// <param name="concurrency">How many work at once.</param>
/// <param name="work">Does one piece of work. It cannot throw.</param>
internal sealed class WorkQueue<T>(int capacity, int concurrency, Func<T, ValueTask> work) : IThreadPoolWorkItem, IDisposable
{
    private readonly ConcurrentQueue<T> _waiting = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _empty;
    private int _count;
    private int _workers;

    /// <summary>Interrupts what is under way.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>How much waits or is under way.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds work, unless the queue is full.</summary>
    public bool TryAdd(T item)
    {
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Done();
            return false;
        }

        _waiting.Enqueue(item);
        if (TryEnter()) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        return true;
    }

    void IThreadPoolWorkItem.Execute() => _ = WorkAsync();

    /// <summary>Waits until all is done. When it is to end, interrupts what is under way and drops what waits.</summary>
    /// <returns>How much was dropped.</returns>
    public async Task<int> DrainAsync(CancellationToken end)
    {
        try
        {
            await WhenEmpty().WaitAsync(end);
            return 0;
        }
        catch (OperationCanceledException)
        {
            var dropped = 0;
            for (; _waiting.TryDequeue(out _); dropped++) Done();
            await _abort.CancelAsync();
            return dropped;
        }
    }

    /// <summary>Completes when nothing waits or is under way.</summary>
    public Task WhenEmpty()
    {
        lock (_gate)
        {
            if (Count == 0) return Task.CompletedTask;
            return (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void Dispose() => _abort.Dispose();

    private async Task WorkAsync()
    {
        while (true)
        {
            while (_waiting.TryDequeue(out var item))
            {
                await work(item);
                Done();
            }

            Interlocked.Decrement(ref _workers);

            // Work that came while this worker was about to leave.
            if (_waiting.IsEmpty || !TryEnter()) return;
        }
    }

    private bool TryEnter()
    {
        while (Volatile.Read(ref _workers) is var workers && workers < concurrency)
        {
            if (Interlocked.CompareExchange(ref _workers, workers + 1, workers) == workers) return true;
        }

        return false;
    }

    private void Done()
    {
        if (Interlocked.Decrement(ref _count) > 0) return;
        lock (_gate)
        {
            if (Count > 0) return;
            _empty?.SetResult();
            _empty = null;
        }
    }
}
