namespace WebhookKit.Dispatching;

/// <summary>Wakes one waiting loop. Setting it twice wakes it once.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _set = New();

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    /// <summary>Waits until it is set, or for a time, or until the wait is canceled; does not throw.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        await Volatile.Read(ref _set).Task.WaitAsync(timeout, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (Volatile.Read(ref _set).Task.IsCompleted) Volatile.Write(ref _set, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
