using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>Counts what is under way (flows of turns and attempts, and reads), so that draining and stopping know when nothing is.</summary>
internal sealed class Workload
{
    /// <summary>
    /// How many requests may have ended and not be stored yet, beside those whose flow waits for it: a store that is away must not let them
    /// pile up.
    /// </summary>
    private const int MaxSettling = 4096;

    private readonly Lock _gate = new();
    private int _settling;
    private int _count;
    private long _begun;
    private long _attempts;
    private long _quietTimes;
    private TaskCompletionSource? _quiet;

    /// <summary>How many attempts have begun since the start.</summary>
    public long Attempts => Interlocked.Read(ref _attempts);

    /// <summary>How often everything has ended since the start.</summary>
    public long QuietTimes => Interlocked.Read(ref _quietTimes);

    /// <summary>How often something has begun since the start.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    public void Begin()
    {
        Interlocked.Increment(ref _begun);
        Interlocked.Increment(ref _count);
    }

    public void CountAttempt() => Interlocked.Increment(ref _attempts);

    /// <summary>Begins the settling of a request that its flow does not wait for, if there are not too many.</summary>
    public bool TryBeginSettling()
    {
        if (Interlocked.Increment(ref _settling) > MaxSettling)
        {
            Interlocked.Decrement(ref _settling);
            return false;
        }

        Begin();
        return true;
    }

    public void EndSettling()
    {
        Interlocked.Decrement(ref _settling);
        End();
    }

    public void End()
    {
        if (Interlocked.Decrement(ref _count) > 0) return;
        Interlocked.Increment(ref _quietTimes);
        if (Volatile.Read(ref _quiet) is null) return;
        TaskCompletionSource? quiet;
        lock (_gate)
        {
            quiet = _quiet;
            _quiet = null;
        }

        quiet?.TrySetResult();
    }

    /// <summary>Completes at a moment when nothing is under way.</summary>
    public async Task WhenQuietAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // In this order: what ends between the two reads is seen as one more quiet time.
            var seen = QuietTimes;
            if (Volatile.Read(ref _count) <= 0) return;
            await WhenQuietAgainAsync(seen, cancellationToken);
        }
    }

    /// <summary>Completes once everything has ended one more time than the caller has seen.</summary>
    public async Task WhenQuietAgainAsync(long seen, CancellationToken cancellationToken)
    {
        Task quiet;
        lock (_gate)
        {
            quiet = (_quiet ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        // It may have happened before the signal was there to be set.
        Interlocked.MemoryBarrier();
        if (QuietTimes == seen) await OwnFlow.WaitAsync(quiet, cancellationToken);
    }
}
