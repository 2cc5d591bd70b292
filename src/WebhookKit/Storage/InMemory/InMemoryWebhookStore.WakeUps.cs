namespace WebhookKit.Storage.InMemory;

internal sealed partial class InMemoryWebhookStore
{
    /// <summary>Who listens: each change makes a new array, so that it is read without a lock.</summary>
    private Action<WakeUp>[] _listeners = [];

    public bool HasListeners => Volatile.Read(ref _listeners).Length > 0;

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var listener in Volatile.Read(ref _listeners)) listener(wakeUp);
        return ValueTask.CompletedTask;
    }

    public async Task ListenAsync(Action<WakeUp> woken, CancellationToken cancellationToken)
    {
        // Each call is a listener of its own, whether or not the same has been given to another.
        Action<WakeUp> listener = wakeUp =>
        {
            if (!cancellationToken.IsCancellationRequested) woken(wakeUp);
        };
        cancellationToken.ThrowIfCancellationRequested();
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), canceled);
        lock (_lock) _listeners = [.. _listeners, listener];
        try
        {
            listener(WakeUp.Everything);
            await canceled.Task;
        }
        finally
        {
            lock (_lock) _listeners = [.. _listeners.Where(l => l != listener)];
        }
    }
}
