using Microsoft.Extensions.Hosting;
using WebhookKit.Diagnostics;

namespace WebhookKit.Dispatching;

/// <summary>Runs the dispatcher for as long as the host runs.</summary>
internal sealed class DispatcherService(
    EngineStart start, Dispatcher dispatcher, WebhookOptions options, TimeProvider time, SafeLogger<DispatcherService> logger, IHostApplicationLifetime? lifetime = null)
    : IHostedService, IDisposable
{
    /// <summary>How long after the shutdown time interrupted attempts, and a store that hangs, are waited for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private CancellationTokenRegistration _stopping;
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // As soon as the host begins to stop: its other services (a server with requests under way, say) may take most of the shutdown time
        // before this one is asked to stop.
        if (lifetime is not null) _stopping = lifetime.ApplicationStopping.UnsafeRegister(static stop => _ = ((CancellationTokenSource)stop!).CancelAsync(), _stop);
        var isReady = true;
        try
        {
            await start.EnsureAsync(cancellationToken);
        }
        catch (WebhookStoreException cause) when (options.StartWithoutStore)
        {
            Log.StartedWithoutStore(logger, cause);
            isReady = false;
        }

        // What the host's start has in its ambient context must not live on in the loops.
        using (ExecutionContext.SuppressFlow()) _running = RunAsync(isReady);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();

        // Attempts may end within the host's shutdown time; then they are interrupted and stay pending.
        await using var interrupt = cancellationToken.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
        await Task.WhenAny(_running, GiveUpAsync());
        if (_running.IsCompleted) await _running;
        else Log.StopGivenUp(logger, Grace);
    }

    public void Dispose()
    {
        // The host may dispose without stopping, when another service failed to start.
        _stopping.Dispose();
        _stop.Cancel();
        _abort.Cancel();
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync(bool isReady)
    {
        for (var failures = 1; !isReady; failures++)
        {
            await ResilientLoop.WaitAsync(ResilientLoop.DelayAfter(failures), time, _stop.Token);
            if (_stop.IsCancellationRequested) return;
            try
            {
                await start.EnsureAsync(_stop.Token);
                isReady = true;
            }
            catch (Exception cause)
            {
                if (!_stop.IsCancellationRequested) Log.LoopFailed(logger, "start", failures, ResilientLoop.DelayAfter(failures + 1), cause);
            }
        }

        if (options.Dispatch) await dispatcher.RunAsync(_stop.Token, _abort.Token);
    }

    private async Task GiveUpAsync()
    {
        await ResilientLoop.WaitAsync(Timeout.InfiniteTimeSpan, time, _abort.Token);
        await Task.WhenAny(_running, Task.Delay(Grace, time));
    }
}
