using WebhookKit.Diagnostics;

namespace WebhookKit.Dispatching;

/// <summary>Listens to the other nodes for as long as this one delivers.</summary>
internal sealed class WakeListener(IWakeUpChannel channel, WokenLanes lanes, Sweeper sweeper, TimeProvider time, SafeLogger<WakeListener> logger)
{
    /// <summary>The pause after a sweep that a message has asked for: however many ask, sweeping costs no more than this.</summary>
    private static readonly TimeSpan SweepGap = TimeSpan.FromSeconds(1);

    private readonly Signal _follow = new();
    private readonly Signal _sweep = new();

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        ResilientLoop.RunAsync("wake-up", ListenAsync, time, logger, stop),
        ResilientLoop.RunAsync("follow", FollowAsync, time, logger, stop),
        ResilientLoop.RunAsync("woken sweep", SweepAsync, time, logger, stop));

    private async Task ListenAsync(CancellationToken stop)
    {
        await channel.ListenAsync(Woken, stop);
        if (!stop.IsCancellationRequested) throw new InvalidOperationException("The wake-up channel has ended listening although it was not canceled. Let it throw what broke it.");
    }

    private void Woken(WakeUp wakeUp)
    {
        if (wakeUp.IsEverything) _sweep.Set();
        else if (lanes.Wake(wakeUp)) _follow.Set();
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        await _follow.WaitAsync(Timeout.InfiniteTimeSpan, time, stop);
        await lanes.FollowAsync(stop);
    }

    /// <summary>A sweep learns of changed subscriptions too.</summary>
    private async Task SweepAsync(CancellationToken stop)
    {
        await _sweep.WaitAsync(Timeout.InfiniteTimeSpan, time, stop);
        await sweeper.SweepAsync(stop);
        await ResilientLoop.WaitAsync(SweepGap, time, stop);
    }
}
