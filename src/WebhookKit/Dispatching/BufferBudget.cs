namespace WebhookKit.Dispatching;

/// <summary>How much the lanes of this node hold in memory, waiting or under way, and how much they may. Safe for many threads.</summary>
/// <remarks>
/// An event with several deliveries counts with each, although its data is there once. What is counted always goes again: what is under
/// way ends, and a lane that cannot send holds next to nothing.
/// </remarks>
internal sealed class BufferBudget(long maxBytes)
{
    /// <summary>What a delivery costs beside its event's data.</summary>
    private const int Overhead = 1000;

    /// <summary>
    /// A read waits for room no longer than this: batches that gather, and ordered keys that fail, may hold what there is for long, and
    /// others must not starve for it.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Signal _freed = new();
    private long _bytes;
    private long _count;

    /// <summary>Rises at once with what reads bring, and falls slowly. Set by one read at a time.</summary>
    private long _bytesPerRow = 8 * 1024;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many bytes one round of reads may bring however short memory is, unless it is for one lane.</summary>
    public long MostInOneRead => maxBytes / 4;

    /// <summary>How many deliveries are held.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Whether lanes should be modest.</summary>
    public bool IsHalfUsed => Bytes >= maxBytes / 2;

    /// <summary>Whether nothing more is to be taken but what reads must bring.</summary>
    public bool IsFull => Bytes >= maxBytes;

    /// <summary>What a row may cost that is not read yet.</summary>
    public long BytesPerRow => Volatile.Read(ref _bytesPerRow);

    public static int CostOf(in PendingDelivery delivery) => Overhead + delivery.Event.Data.Length;

    public void Take(long bytes, int count)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _count, count);
    }

    public void Free(long bytes, int count)
    {
        Interlocked.Add(ref _count, -count);
        var after = Interlocked.Add(ref _bytes, -bytes);
        if (after < maxBytes && after + bytes >= maxBytes) _freed.Set();
    }

    /// <summary>Waits until not everything is used, but not for long. One caller at a time.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Waits no longer: what is held may stay so.</param>
    public async ValueTask WaitForRoomAsync(TimeProvider time, CancellationToken stop)
    {
        if (!IsFull) return;
        var begunAt = time.GetTimestamp();
        while (IsFull && !stop.IsCancellationRequested && Patience - time.GetElapsedTime(begunAt) is { Ticks: > 0 } left)
            await _freed.WaitAsync(left, time, stop);
    }

    /// <summary>How many rows each of some lanes may read at once, so that there is room for all.</summary>
    public int CountRowsFor(int lanes) => (int)Math.Clamp((maxBytes - Bytes) / _bytesPerRow / lanes, 0, int.MaxValue);

    /// <summary>Counts what a read has brought, and learns from it.</summary>
    public void TakeRead(long bytes, int count)
    {
        Take(bytes, count);
        if (count > 0) _bytesPerRow = Math.Max(bytes / count, (_bytesPerRow * 7 + bytes / count) / 8);
    }
}
