namespace WebhookKit.Dispatching;

/// <summary>Wakes one waiting loop. Setting it twice wakes it once.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _set = New();

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    /// <summary>Waits until it is set, or for a time, or until the wait is canceled; does not throw.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var set = Volatile.Read(ref _set);
        if (!set.Task.IsCompleted)
        {
            // Whatever ends the wait sets it: what is signaled from then on is seen by the loop, which is about to look.
            await using var timer = timeout == Timeout.InfiniteTimeSpan ? null : time.CreateTimer(Wake, set, timeout, Timeout.InfiniteTimeSpan);
            await using var giveUp = cancellationToken.UnsafeRegister(static state => Wake(state), set);
            await set.Task;
        }

        Volatile.Write(ref _set, New());
    }

    private static void Wake(object? set) => ((TaskCompletionSource)set!).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
