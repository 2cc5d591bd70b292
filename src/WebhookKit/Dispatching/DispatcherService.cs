using Microsoft.Extensions.Hosting;

namespace WebhookKit.Dispatching;

/// <summary>Runs the dispatcher for as long as the host runs.</summary>
internal sealed class DispatcherService(EngineStart start, Dispatcher dispatcher, WebhookOptions options) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await start.EnsureAsync(cancellationToken);
        if (!options.Dispatch) return;

        // What the host's start has in its ambient context must not live on in the loops.
        using (ExecutionContext.SuppressFlow()) _running = dispatcher.RunAsync(_stop.Token, _abort.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();

        // Attempts may end within the host's shutdown time; then they are interrupted and stay pending.
        await using var interrupt = cancellationToken.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
        await _running;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
    }
}
