using WebhookKit.Management;
using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>Makes the engine ready, once: the store, the index of subscriptions, those declared in code. Tried again when it fails.</summary>
internal sealed class EngineStart(IWebhookStore store, SubscriptionCache cache, DeclaredSubscriptions declared) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private volatile bool _isReady;

    public ValueTask EnsureAsync(CancellationToken cancellationToken) => _isReady ? ValueTask.CompletedTask : StartAsync(cancellationToken);

    public void Dispose() => _oneAtATime.Dispose();

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (_isReady) return;
            await store.InitializeAsync(cancellationToken);
            await declared.ApplyAsync(cancellationToken);
            await cache.RefreshAsync(cancellationToken);
            _isReady = true;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
