namespace WebhookKit.Simulation.World;

/// <summary>All that a node computes, one piece after another, on the one thread of its world.</summary>
internal sealed class NodeScheduler : TaskScheduler
{
    private readonly List<Task> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public bool HasWork => _ready.Count > 0;

    /// <summary>Set when a piece came from another thread: then the run cannot be repeated.</summary>
    public bool WasLeft { get; private set; }

    /// <summary>Runs one of the pieces that are ready: which of them first is chance, as it is on a real machine.</summary>
    public void RunOne(Random random)
    {
        var index = _ready.Count == 1 ? 0 : random.Next(Math.Min(_ready.Count, 4));
        var task = _ready[index];
        _ready.RemoveAt(index);
        TryExecuteTask(task);
    }

    public void Clear() => _ready.Clear();

    protected override void QueueTask(Task task)
    {
        Look();
        lock (_ready) _ready.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => Look() && !taskWasPreviouslyQueued && TryExecuteTask(task);

    private bool Look()
    {
        if (Environment.CurrentManagedThreadId == _thread) return true;
        WasLeft = true;
        return false;
    }

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _ready];
}
