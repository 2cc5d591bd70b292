namespace WebhookKit.Testing;

/// <summary>Knows when the engine can do nothing more until the clock moves.</summary>
/// <remarks>
/// That is so when nothing of it runs or is queued (it runs on a <see cref="CountingScheduler"/>) and all its requests are parked
/// at the receiver. What the framework hands through the thread pool on its way is seen by neither, for some microseconds: so both
/// must hold for <see cref="Confirmation"/> of real time with nothing having happened. A request that waits elsewhere (in a host's
/// own handler, or for a store's database) cannot be told from one that is just slow; it gets <see cref="Patience"/>.
/// </remarks>
internal sealed class Stillness
{
    private static readonly TimeSpan Confirmation = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(1);

    private readonly CountingScheduler _scheduler;
    private readonly InFlight _inFlight;
    private readonly ScriptedReceiver _receiver;
    private long _parkings;

    public Stillness(CountingScheduler scheduler, InFlight inFlight, ScriptedReceiver receiver)
    {
        _scheduler = scheduler;
        _inFlight = inFlight;
        _receiver = receiver;
        receiver.ParkedCountChanged += _ => Interlocked.Increment(ref _parkings);
    }

    // All four only grow, so the sum changes whenever one does.
    private long Happened => _scheduler.Queued + _inFlight.Begun + _inFlight.Ended + Interlocked.Read(ref _parkings);

    /// <summary>Waits until some work is done or waits for the clock.</summary>
    /// <param name="work">The work, started on the scheduler.</param>
    /// <returns>Whether it is done.</returns>
    public async Task<bool> WaitAsync(Task work)
    {
        var real = TimeProvider.System;
        var (happened, since) = (Happened, real.GetTimestamp());
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(Glance, real));
            if (Happened != happened || _scheduler.IsBusy)
            {
                (happened, since) = (Happened, real.GetTimestamp());
                continue;
            }

            var allParked = _inFlight.Count > 0 && _receiver.ParkedCount >= _inFlight.Count;
            if (real.GetElapsedTime(since) >= (allParked ? Confirmation : Patience)) return false;
        }

        return true;
    }
}
