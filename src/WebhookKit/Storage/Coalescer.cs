using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WebhookKit.Storage;

/// <summary>Group commit: many callers, one batched write at a time.</summary>
/// <remarks>
/// <para>
/// Whoever comes while nothing is being written becomes the leader and writes its own item at once, on its own flow: if the write
/// completes synchronously, so does the call. Those who come meanwhile queue, and are written together by the next round. The leader
/// does not write for them: once its own item is written it starts the next round as a task of the current scheduler and returns.
/// It writes outside its synchronization context: were that a thread that is blocked, all would wait for it.
/// </para>
/// <para>
/// The queue needs no limit of its own: each caller waits for its result, so it is as long as there are callers. A write must be all
/// or nothing: when a round of several fails, each of its items is written once more alone, so that a bad one fails by itself. But a
/// store that cannot be reached (<see cref="WebhookStoreException"/>) fails all of them with it: trying each would take as many time-outs. If a
/// lock held it up, those that wait for that are found by trying each, up to a few: their callers see to them outside.
/// </para>
/// </remarks>
/// <typeparam name="TItem">What is written.</typeparam>
/// <typeparam name="TResult">What a write returns for each item.</typeparam>
internal sealed class Coalescer<TItem, TResult>
{
    /// <summary>How many of a round may be held up, each for a while, until it is taken to be all of them.</summary>
    private const int MaxHeldUp = 4;

    private readonly Lock _lock = new();
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, ValueTask<IReadOnlyList<TResult>>> _write;
    private readonly Action<IReadOnlyList<TItem>, IReadOnlyList<TResult>>? _afterWrite;
    private readonly int _maxItems;
    private readonly Func<TItem, long>? _weigh;
    private readonly long _maxWeight;
    private IntrusiveList<Waiter, Waiter.Links> _queue;
    private bool _isWriting;

    /// <summary>Makes one.</summary>
    /// <param name="write">Writes some items, all or none, and returns one result each in their order. Never called concurrently.</param>
    /// <param name="maxItems">The most items in one write.</param>
    /// <param name="weigh">What an item weighs; <see langword="null"/> where that does not matter.</param>
    /// <param name="maxWeight">The most that the items of one write weigh together, unless it is one.</param>
    /// <param name="afterWrite">
    /// Told of each write that has succeeded, in their order and before its callers go on; never called concurrently. It must not
    /// throw: the write stands, so its callers are not told; the exception shows as an unobserved one.
    /// </param>
    public Coalescer(
        Func<IReadOnlyList<TItem>, CancellationToken, ValueTask<IReadOnlyList<TResult>>> write,
        int maxItems,
        Action<IReadOnlyList<TItem>, IReadOnlyList<TResult>>? afterWrite = null,
        Func<TItem, long>? weigh = null,
        long maxWeight = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxItems, 1);
        _write = write;
        _maxItems = maxItems;
        _afterWrite = afterWrite;
        _weigh = weigh;
        _maxWeight = maxWeight;
    }

    /// <summary>Writes an item, alone or with others.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">
    /// Gives up while queued: then the item is never written. Once its write has begun, the outcome is awaited.
    /// </param>
    /// <returns>The item's result.</returns>
    public ValueTask<TResult> SubmitAsync(TItem item, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<TResult>(cancellationToken);

        Waiter? waiter = null;
        lock (_lock)
        {
            if (_isWriting)
                _queue.AddLast(waiter = new Waiter(this, item));
            else
                _isWriting = true;
        }

        if (waiter is null)
            return SynchronizationContext.Current is { } context ? LeadOutside(context, item) : Lead(item);

        if (cancellationToken.CanBeCanceled)
            LetGiveUp(waiter, cancellationToken);
        return new ValueTask<TResult>(waiter.Task);
    }

    /// <summary>Leads without the caller's context; the caller goes on in it all the same, as its own awaiting says.</summary>
    private ValueTask<TResult> LeadOutside(SynchronizationContext context, TItem item)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Lead(item);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the write throws is the caller's, by way of the task.")]
    private ValueTask<TResult> Lead(TItem item)
    {
        TItem[] items = [item];
        ValueTask<IReadOnlyList<TResult>> write;
        try
        {
            write = _write(items, CancellationToken.None);
        }
        catch (Exception error)
        {
            HandOn();
            return ValueTask.FromException<TResult>(error);
        }

        return write.IsCompletedSuccessfully ? Finish(items, write.Result) : FinishAsync(items, write);
    }

    private ValueTask<TResult> Finish(TItem[] items, IReadOnlyList<TResult> results)
    {
        try
        {
            Tell(items, Checked(items, results));
            return new ValueTask<TResult>(results[0]);
        }
        catch (InvalidOperationException error)
        {
            return ValueTask.FromException<TResult>(error);
        }
        finally
        {
            HandOn();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> FinishAsync(TItem[] items, ValueTask<IReadOnlyList<TResult>> write)
    {
        try
        {
            var results = Checked(items, await write);
            Tell(items, results);
            return results[0];
        }
        finally
        {
            HandOn();
        }
    }

    /// <summary>Ends the leader's turn: the next round, if somebody waits, runs as a task of its own.</summary>
    private void HandOn()
    {
        lock (_lock)
        {
            if (_queue.Count == 0)
            {
                _isWriting = false;
                return;
            }
        }

        // The rounds are nobody's own: the leader's ambient data must not show in them.
        OwnFlow.Start(static coalescer => ((Coalescer<TItem, TResult>)coalescer!).RunRoundsAsync(), this);
    }

    /// <summary>Writes rounds until nobody waits. Cannot fail: every exception goes to the callers of its round, if they still wait.</summary>
    private async Task RunRoundsAsync()
    {
        while (true)
        {
            // Those who have just been answered may be back in a moment, and had better go together than one ahead of all others.
            await Task.Yield();
            if (TakeRound() is not { } round)
                return;

            foreach (var waiter in round)
                waiter.GiveUp.Unregister();

            var error = await TryWriteAsync(round);
            if (error is not null)
                await FailAsync(round, error);
        }
    }

    /// <summary>Nothing of a round was written: finds the bad one by writing each alone, unless it is the store that is at fault.</summary>
    private async ValueTask FailAsync(Waiter[] round, Exception error)
    {
        if (round.Length == 1 || error is WebhookStoreException { IsHeldUp: false })
        {
            FailAll(round, error);
            return;
        }

        var heldUp = 0;
        for (var i = 0; i < round.Length; i++)
        {
            if (await TryWriteAsync([round[i]]) is not { } own)
                continue;

            if (own is WebhookStoreException fault && (!fault.IsHeldUp || ++heldUp == MaxHeldUp))
            {
                FailAll(round.AsSpan(i), own);
                return;
            }

            round[i].TrySetException(own);
        }
    }

    private static void FailAll(ReadOnlySpan<Waiter> waiters, Exception error)
    {
        foreach (var waiter in waiters)
            waiter.TrySetException(error);
    }

    private Waiter[]? TakeRound()
    {
        lock (_lock)
        {
            if (_queue.Count == 0)
            {
                _isWriting = false;
                return null;
            }

            var round = new Waiter[CountRound()];
            for (var i = 0; i < round.Length; i++)
            {
                round[i] = _queue.First!;
                round[i].IsQueued = false;
                _queue.Remove(round[i]);
            }

            return round;
        }
    }

    private int CountRound()
    {
        var most = Math.Min(_queue.Count, _maxItems);
        if (_weigh is null) return most;
        var weight = 0L;
        var count = 0;
        for (var waiter = _queue.First; waiter is not null && count < most; waiter = Waiter.Links.Next(waiter))
        {
            weight += _weigh(waiter.Item);
            if (weight > _maxWeight && count > 0) break;
            count++;
        }

        return count;
    }

    /// <summary>Writes a round and resumes its callers, unless the write has failed.</summary>
    /// <returns>Why it has failed.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the write throws goes to the callers.")]
    private async ValueTask<Exception?> TryWriteAsync(Waiter[] round)
    {
        var items = Array.ConvertAll(round, static waiter => waiter.Item);
        IReadOnlyList<TResult> results;
        try
        {
            results = await _write(items, CancellationToken.None);
        }
        catch (Exception error)
        {
            return error;
        }

        try
        {
            Checked(items, results);
        }
        catch (InvalidOperationException error)
        {
            // It may well have written: writing again would do it twice.
            FailAll(round, error);
            return null;
        }

        Tell(items, results);
        for (var i = 0; i < round.Length; i++)
            round[i].TrySetResult(results[i]);
        return null;
    }

    private static IReadOnlyList<TResult> Checked(TItem[] items, IReadOnlyList<TResult>? results) => results?.Count == items.Length
        ? results
        : throw new InvalidOperationException($"The write returned {results?.Count ?? 0} results for {items.Length} items: it must return one each, in their order.");

    [SuppressMessage("Design", "CA1031", Justification = "The write stands: its callers must not be told that it failed.")]
    private void Tell(TItem[] items, IReadOnlyList<TResult> results)
    {
        try
        {
            _afterWrite?.Invoke(items, results);
        }
        catch (Exception error)
        {
            _ = Task.FromException(error);
        }
    }

    private void LetGiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).Cancel(token), waiter);
        lock (_lock)
        {
            if (waiter.IsQueued)
            {
                waiter.GiveUp = registration;
                return;
            }
        }

        // Its round has begun meanwhile, or it has given up already.
        registration.Unregister();
    }

    /// <summary>A queued caller. Goes on as its own awaiting says, never within the round.</summary>
    private sealed class Waiter(Coalescer<TItem, TResult> owner, TItem item)
        : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private Waiter? _previous;
        private Waiter? _next;

        public TItem Item { get; } = item;

        /// <summary>Whether it can still give up. Guarded by the owner's lock.</summary>
        public bool IsQueued { get; set; } = true;

        public CancellationTokenRegistration GiveUp { get; set; }

        public void Cancel(CancellationToken cancellationToken)
        {
            lock (owner._lock)
            {
                if (!IsQueued)
                    return;

                IsQueued = false;
                owner._queue.Remove(this);
            }

            SetCanceled(cancellationToken);
        }

        internal readonly struct Links : ILinks<Waiter>
        {
            public static ref Waiter? Previous(Waiter node) => ref node._previous;

            public static ref Waiter? Next(Waiter node) => ref node._next;
        }
    }
}
