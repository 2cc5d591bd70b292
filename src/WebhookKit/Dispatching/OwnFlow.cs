namespace WebhookKit.Dispatching;

/// <summary>Starts work that is nobody's own: on the scheduler of whoever starts it, but without the caller's ambient data or synchronization context.</summary>
internal static class OwnFlow
{
    public static void Start<T>(T state, Func<T, Task> run)
        where T : class
    {
        var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        try
        {
            _ = Task.Factory.StartNew(() => run(state), CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);
        }
        finally
        {
            flow?.Undo();
        }
    }
}
