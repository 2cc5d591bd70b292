using WebhookKit.Management;
using WebhookKit.Matching;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>
/// Makes the engine ready, once: the store, the index of subscriptions, those declared in code. Tried again when it fails; who comes while
/// it is being tried shares that try and its failure, so that a store that is away does not make callers queue up.
/// </summary>
internal sealed class EngineStart(IWebhookStore store, SubscriptionCache cache, DeclaredSubscriptions declared)
{
    private readonly Lock _gate = new();
    private Task? _trying;
    private volatile bool _isReady;

    /// <summary>Whether it is ready.</summary>
    public bool IsReady => _isReady;

    public ValueTask EnsureAsync(CancellationToken cancellationToken) => _isReady ? ValueTask.CompletedTask : StartAsync(cancellationToken);

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        OwnFlow.LeaveContext();
        while (!_isReady)
        {
            TaskCompletionSource? own = null;
            Task trying;
            lock (_gate)
            {
                if (_trying is null)
                {
                    own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _trying = own.Task;
                }

                trying = _trying;
            }

            if (own is not null)
            {
                await TryAsync(own, cancellationToken);
                return;
            }

            try
            {
                await OwnFlow.WaitAsync(trying, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Who tried has given up, which is no failure: try for ourselves.
            }
        }
    }

    private async ValueTask TryAsync(TaskCompletionSource trying, CancellationToken cancellationToken)
    {
        try
        {
            await store.InitializeAsync(cancellationToken);
            if (await declared.ApplyAsync(cancellationToken)) cache.Announce();
            await cache.RefreshAsync(cancellationToken);
            _isReady = true;
            trying.SetResult();
        }
        catch (Exception cause)
        {
            lock (_gate) _trying = null;
            if (cause is OperationCanceledException) trying.SetCanceled(CancellationToken.None);
            else trying.SetException(cause);
            _ = trying.Task.Exception;
            throw;
        }
    }
}
