namespace WebhookKit.Storage;

/// <summary>Keeps work that others wait for apart from the caller that happens to begin it.</summary>
internal static class OwnFlow
{
    /// <summary>Starts work on the scheduler of whoever starts it, but without that one's ambient data and synchronization context.</summary>
    public static void Start(Func<object?, Task> run, object state)
    {
        var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        try
        {
            _ = Task.Factory.StartNew(run, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);
        }
        finally
        {
            flow?.Undo();
        }
    }

    /// <summary>
    /// Called first in an asynchronous method: it does not go on in the synchronization context of its caller, a UI thread that may be blocked.
    /// What starts the method gives the caller its context back.
    /// </summary>
    public static void LeaveContext()
    {
        if (SynchronizationContext.Current is not null) SynchronizationContext.SetSynchronizationContext(null);
    }

    /// <summary>
    /// Cancels, and lets what that wakes run beside the caller. <see cref="CancellationTokenSource.CancelAsync"/> would go through the thread pool; this
    /// stays on the caller's scheduler.
    /// </summary>
    public static Task CancelAsync(CancellationTokenSource source) => Task.Factory.StartNew(
        static state => ((CancellationTokenSource)state!).Cancel(), source, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);

    /// <summary>
    /// Waits for a task, or gives up. <see cref="Task.WaitAsync(CancellationToken)"/> would go through the thread pool where the task's continuations
    /// are asynchronous; this stays on the scheduler of whoever waits.
    /// </summary>
    public static async Task WaitAsync(Task task, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource();
        _ = task.ContinueWith(
            static (_, state) => ((TaskCompletionSource)state!).TrySetResult(), ended, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Current);
        await using var giveUp = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), ended);
        await ended.Task;
        await task;
    }
}
