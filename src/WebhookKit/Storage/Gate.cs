namespace WebhookKit.Storage;

/// <summary>
/// Lets so many in at once; the others wait in the order in which they came. Unlike a <see cref="SemaphoreSlim"/>, whoever waited goes on where it
/// awaits, and never through the thread pool, so that a run on one thread can be repeated.
/// </summary>
internal sealed class Gate(int places)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private int _free = places;

    /// <summary>How many places are free.</summary>
    public int Free => Volatile.Read(ref _free);

    /// <summary>Waits for a place.</summary>
    /// <param name="cancellationToken">Gives up: then no place is taken.</param>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        Waiter waiter;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            waiter = new Waiter(this);
            waiter.Place = _waiting.AddLast(waiter);
        }

        return cancellationToken.CanBeCanceled ? WaitAsync(waiter, cancellationToken) : waiter.Task;
    }

    /// <summary>Gives a place back, to whoever waits longest.</summary>
    public void Release()
    {
        Waiter? next;
        lock (_lock)
        {
            next = _waiting.First?.Value;
            if (next is null) _free++;
            else _waiting.RemoveFirst();
        }

        next?.SetResult();
    }

    private static async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using var giveUp = cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).GiveUp(token), waiter);
        await waiter.Task;
    }

    private sealed class Waiter(Gate gate) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Waiter>? Place { get; set; }

        public void GiveUp(CancellationToken cancellationToken)
        {
            lock (gate._lock)
            {
                // Somebody has just given it a place.
                if (Place!.List is null) return;
                gate._waiting.Remove(Place);
            }

            SetCanceled(cancellationToken);
        }
    }
}
