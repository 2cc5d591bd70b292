namespace WebhookKit.Testing;

/// <summary>
/// Runs tasks on the thread pool and knows whether any of them is queued or running. What is started on it stays on it, unless it
/// leaves on purpose (<c>ConfigureAwait(false)</c>, <see cref="Task.Run(Action)"/>).
/// </summary>
internal sealed class CountingScheduler : TaskScheduler
{
    private int _busy;
    private long _queued;

    public bool IsBusy => Volatile.Read(ref _busy) > 0;

    /// <summary>How many tasks have been queued so far.</summary>
    public long Queued => Interlocked.Read(ref _queued);

    protected override void QueueTask(Task task)
    {
        Interlocked.Increment(ref _busy);
        Interlocked.Increment(ref _queued);
        ThreadPool.UnsafeQueueUserWorkItem(Run, task, preferLocal: false);
    }

    // Only on a thread that runs a counted task already.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Run(Task task)
    {
        TryExecuteTask(task);
        Interlocked.Decrement(ref _busy);
    }
}
