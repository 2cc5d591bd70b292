using WebhookKit.Diagnostics;
using WebhookKit.Statistics;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>
/// The engine's loops: keep this node's partitions, sweep them, and give lanes their turns as the scheduler says. Runs in the
/// background until it is stopped, or in the foreground until nothing more can go.
/// </summary>
internal sealed class Dispatcher(
    PartitionOwner owner,
    OwnedPartitions owned,
    Sweeper sweeper,
    LaneTable lanes,
    TurnTaker taker,
    DepthSampler sampler,
    HistoryPurger purger,
    StatisticsWriter statistics,
    WakeListener wakes,
    Workload workload,
    WebhookOptions options,
    TimeProvider time,
    SafeLogger<Dispatcher> logger)
{
    /// <summary>How much a drain purges at most: it is waited for.</summary>
    private const int MaxPurgeSteps = 20;

    private readonly RoundPace _statisticsPace = new(options.StatisticsInterval);
    private readonly Lock _entering = new();
    private readonly Gate _oneAtATime = new(1);

    /// <summary>Stops the loops in the background; has done so while there are none.</summary>
    private CancellationToken _loopsStop = new(canceled: true);

    /// <summary>Whether its loops run, or are about to.</summary>
    public bool RunsInBackground => !_loopsStop.IsCancellationRequested;

    /// <summary>Runs until it is stopped, lets what is under way end, and gives this node's partitions back.</summary>
    /// <param name="stop">Takes nothing new from now on.</param>
    /// <param name="abort">Interrupts what is under way.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        // Drains that come from now on need not wait for their turn, for these loops serve them too, until they are to stop.
        Task entered;
        lock (_entering)
        {
            _loopsStop = stop;
            entered = _oneAtATime.WaitAsync(stop);
        }

        try
        {
            await entered;
        }
        catch (OperationCanceledException)
        {
            // Asked to stop before they had begun.
            return;
        }

        try
        {
            await Task.WhenAll([KeepOwningAsync(stop), KeepSweepingAsync(stop), KeepSamplingAsync(stop), KeepPurgingAsync(stop), KeepCountsAsync(stop), ListenAsync(stop), .. TakeTurns(stop, abort)]);
            await LeaveAsync();
        }
        finally
        {
            _loopsStop = new CancellationToken(canceled: true);
            _oneAtATime.Release();
        }
    }

    /// <summary>Delivers what is due until nothing more can go now.</summary>
    /// <param name="stop">Takes nothing new from now on, although more could go.</param>
    /// <param name="abort">Interrupts what is under way.</param>
    public async Task<DrainResult> DrainAsync(CancellationToken stop, CancellationToken abort)
    {
        using var loops = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        Task? entered = null;
        CancellationToken background;
        lock (_entering)
        {
            background = _loopsStop;
            if (!RunsInBackground) entered = _oneAtATime.WaitAsync(loops.Token);
        }

        if (entered is null) return await DrainBesideAsync(background, stop, abort);

        try
        {
            await entered;
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            // The deadline came while another drain was at it.
            return new DrainResult(IsIdle: false, await sweeper.FindNextDueAsync(abort));
        }

        Task[] tasks = [];
        try
        {
            // Before any turn: a lane that takes one without a lease asks again only a little later, and one that was kept from
            // the last time may have an old subscription.
            await owner.RenewAsync(abort);
            await sweeper.SweepAsync(abort);
            tasks = [KeepOwningAsync(loops.Token), .. TakeTurns(loops.Token, abort)];
            var result = await DrainOwnedAsync(stop, abort);

            // Nobody else does it where no loop runs in the background.
            await PurgeSomeAsync(loops.Token);
            return result;
        }
        finally
        {
            try
            {
                await OwnFlow.CancelAsync(loops);
                await Task.WhenAll(tasks);
                await LeaveAsync();
            }
            finally
            {
                _oneAtATime.Release();
            }
        }
    }

    /// <summary>The loops are at work already: only waits for them, and not for those that are told to stop.</summary>
    private async Task<DrainResult> DrainBesideAsync(CancellationToken background, CancellationToken stop, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, background);
        var drained = await DrainOwnedAsync(either.Token, abort);
        await statistics.TryFlushAsync(abort);

        // A node that has left owns nothing, and looks idle.
        return background.IsCancellationRequested ? drained with { IsIdle = false } : drained;
    }

    private async Task<DrainResult> DrainOwnedAsync(CancellationToken stop, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        var isIdle = false;
        try
        {
            // The loops may not have got that far yet.
            await owner.RenewAsync(either.Token);

            // A sweep may find more after lanes have gone idle: until one leads to no attempt.
            for (long before = -1; before != workload.Attempts;)
            {
                before = workload.Attempts;
                await sweeper.SweepAsync(either.Token);
                await WhenIdleAsync(either.Token);
            }

            isIdle = true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !abort.IsCancellationRequested)
        {
            // The deadline: more could go. Loops in the background go on with it, so that only a run of its own becomes quiet.
            if (!RunsInBackground) await workload.WhenQuietAsync(abort);
        }

        return new DrainResult(isIdle, await sweeper.FindNextDueAsync(abort));
    }

    /// <summary>Waits for what is under way, stores what was counted, and gives the partitions back. A store that is away lets the leases run out instead.</summary>
    private async Task LeaveAsync()
    {
        await workload.WhenQuietAsync(CancellationToken.None);
        await statistics.TryFlushAsync(CancellationToken.None);
        try
        {
            await owner.LeaveAsync(CancellationToken.None);
        }
        catch (Exception cause)
        {
            Log.LeaveFailed(logger, cause);
        }
    }

    /// <summary>Completes when nothing is under way and no lane of this node can go now.</summary>
    private async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var begun = workload.Begun;
            await workload.WhenQuietAsync(cancellationToken);
            var seen = workload.QuietTimes;
            var now = time.GetUtcNow();
            if (lanes.All.Any(l => owned.Owns(l.Partition) && l.NextTurnAt(now) <= now))
            {
                // A lane has asked for its turn and is about to get it.
                await workload.WhenQuietAgainAsync(seen, cancellationToken);
            }
            else if (workload.Begun == begun)
            {
                return;
            }
        }
    }

    private Task KeepOwningAsync(CancellationToken stop) => LoopAsync("ownership", async token =>
    {
        await owner.RenewAsync(token);
        await ResilientLoop.WaitAsync(owner.Interval, time, token);
    }, stop);

    private Task KeepSweepingAsync(CancellationToken stop) => LoopAsync("sweep", async token =>
    {
        await owner.Gained.WaitAsync(await sweeper.SweepAsync(token), time, token);
    }, stop);

    private Task KeepSamplingAsync(CancellationToken stop) => LoopAsync("metrics", async token =>
    {
        await sampler.SampleAsync(token);
        await ResilientLoop.WaitAsync(DepthSampler.Interval, time, token);
    }, stop);

    /// <summary>What has been drained stays so, whatever happens here.</summary>
    private async Task PurgeSomeAsync(CancellationToken stop)
    {
        try
        {
            for (var steps = 0; steps < MaxPurgeSteps && await purger.StepAsync(stop);) steps++;
        }
        catch (Exception cause)
        {
            if (!stop.IsCancellationRequested) Log.PurgeFailed(logger, cause);
        }
    }

    private Task KeepPurgingAsync(CancellationToken stop) => LoopAsync("purge", async token =>
    {
        await purger.PurgeAsync(token);
        await ResilientLoop.WaitAsync(HistoryPurger.Interval, time, token);
    }, stop);

    private Task KeepCountsAsync(CancellationToken stop) => LoopAsync("statistics", async token =>
    {
        await ResilientLoop.WaitAsync(_statisticsPace.Interval, time, token);
        var began = time.GetTimestamp();
        await statistics.FlushAsync(token);
        _statisticsPace.Note(time.GetElapsedTime(began));
    }, stop);

    private async Task ListenAsync(CancellationToken stop)
    {
        await Task.Yield();
        await wakes.RunAsync(stop);
    }

    private Task[] TakeTurns(CancellationToken stop, CancellationToken abort) =>
        [.. Enumerable.Range(0, options.DispatchLoops).Select(_ => LoopAsync("dispatch", token => taker.TakeNextAsync(token, abort), stop))];

    private async Task LoopAsync(string name, Func<CancellationToken, Task> step, CancellationToken stop)
    {
        await Task.Yield();
        await ResilientLoop.RunAsync(name, step, time, logger, stop);
    }
}
