namespace WebhookKit.Dispatching;

/// <summary>
/// Which partitions this node owns, until when by its own clocks, and under which fencing number. Read without a lock:
/// each change writes a new table.
/// </summary>
/// <remarks>
/// A lease ends by whichever clock says so first: the monotonic one stands still while a machine is suspended, and the other may be set back.
/// </remarks>
internal sealed class OwnedPartitions(TimeProvider time)
{
    private readonly Lock _writing = new();
    private Entry?[] _entries = [];
    private long[] _lastFences = [];

    /// <summary>Those that work may go on in.</summary>
    public IReadOnlyList<int> All
    {
        get
        {
            var entries = Volatile.Read(ref _entries);
            return [.. Enumerable.Range(0, entries.Length).Where(p => entries[p] is { IsDraining: false })];
        }
    }

    /// <summary>All that there are leases on, those that are about to be given up too.</summary>
    public IReadOnlyList<int> Leased
    {
        get
        {
            var entries = Volatile.Read(ref _entries);
            return [.. Enumerable.Range(0, entries.Length).Where(p => entries[p] is not null)];
        }
    }

    /// <summary>Whether it owns every partition there is, so that no other node delivers.</summary>
    public bool OwnsAll
    {
        get
        {
            var entries = Volatile.Read(ref _entries);
            for (var i = 0; i < entries.Length; i++)
            {
                if (!Owns(i)) return false;
            }

            return entries.Length > 0;
        }
    }

    /// <summary>Whether new work of a partition may be taken in.</summary>
    public bool Owns(int partition)
    {
        var entries = Volatile.Read(ref _entries);
        return partition < entries.Length && entries[partition] is { IsDraining: false } entry && RemainingOf(entry) > TimeSpan.Zero;
    }

    /// <summary>The lease on a partition.</summary>
    public bool TryGet(int partition, out long fence, out TimeSpan remaining)
    {
        var entries = Volatile.Read(ref _entries);
        if (partition < entries.Length && entries[partition] is { IsDraining: false } entry)
        {
            fence = entry.Fence;
            remaining = RemainingOf(entry);
            return remaining > TimeSpan.Zero;
        }

        fence = 0;
        remaining = TimeSpan.Zero;
        return false;
    }

    /// <summary>When another node may last have run a partition's lanes; <see langword="null"/> when none ever did.</summary>
    public DateTimeOffset? TakenOverAt(int partition)
    {
        var entries = Volatile.Read(ref _entries);
        return partition < entries.Length ? entries[partition]?.TakenOverAt : null;
    }

    /// <summary>Lets nothing new start in some partitions, which are about to be given up.</summary>
    public void Drain(IEnumerable<int> partitions)
    {
        lock (_writing)
        {
            var after = _entries.ToArray();
            foreach (var partition in partitions)
            {
                if (partition >= after.Length || after[partition] is not { } entry) continue;
                after[partition] = entry with { IsDraining = true };

                // Its lanes are closed: whoever has it next, this node too, begins without what they remember.
                _lastFences[partition] = 0;
            }

            Volatile.Write(ref _entries, after);
        }
    }

    /// <summary>Notes that a lease has been lost: the store refused its fencing number.</summary>
    /// <returns>Whether this node still believed in it.</returns>
    public bool Lose(int partition, long fence)
    {
        lock (_writing)
        {
            if (partition >= _entries.Length || _entries[partition]?.Fence != fence) return false;
            var after = _entries.ToArray();
            after[partition] = null;
            Volatile.Write(ref _entries, after);
            return true;
        }
    }

    /// <summary>Notes the leases that the store has confirmed.</summary>
    /// <param name="leases">All that this node owns.</param>
    /// <param name="draining">Those among them that are being given up.</param>
    /// <param name="partitionCount">How many partitions there are.</param>
    /// <param name="askedAt">The time before the store was asked: a lease runs from no later.</param>
    /// <param name="takenOver">
    /// Told of each partition that another node may have had meanwhile, before it counts as owned: nothing that this node remembers of it
    /// may be gone by. It must not come back here.
    /// </param>
    public void Confirm(IReadOnlyList<PartitionLease> leases, IReadOnlyCollection<int> draining, int partitionCount, Moment askedAt, Action<int> takenOver)
    {
        lock (_writing) ConfirmNeedsLock(leases, draining, partitionCount, askedAt, takenOver);
    }

    private void ConfirmNeedsLock(
        IReadOnlyList<PartitionLease> leases, IReadOnlyCollection<int> draining, int partitionCount, Moment askedAt, Action<int> takenOver)
    {
        if (_lastFences.Length != partitionCount) _lastFences = new long[partitionCount];
        var before = _entries;
        var after = new Entry?[partitionCount];
        foreach (var lease in leases)
        {
            var expiresAt = askedAt.Plus(lease.Remaining, time);
            var old = lease.Partition < before.Length ? before[lease.Partition] : null;
            var last = _lastFences[lease.Partition];
            if (old is { } same && same.Fence == lease.Fence)
            {
                var isDraining = draining.Contains(lease.Partition);
                var isBack = same.IsDraining && !isDraining;
                after[lease.Partition] = same with
                {
                    ExpiresAt = expiresAt,
                    IsDraining = isDraining,
                    TakenOverAt = isBack ? time.GetUtcNow() : same.TakenOverAt,
                };
                continue;
            }

            // A number that follows this node's own last one directly: nobody else has had the partition in between.
            var wasOurs = last != 0 && lease.Fence == last + 1;
            var wasOthers = lease.Fence > 1 && !wasOurs;
            if (wasOthers) takenOver(lease.Partition);
            after[lease.Partition] = new Entry(lease.Fence, expiresAt, wasOthers ? time.GetUtcNow() : null, draining.Contains(lease.Partition));
            _lastFences[lease.Partition] = lease.Fence;
        }

        Volatile.Write(ref _entries, after);
    }

    private TimeSpan RemainingOf(Entry entry) => entry.ExpiresAt.Remaining(time);

    private sealed record Entry(long Fence, Moment ExpiresAt, DateTimeOffset? TakenOverAt, bool IsDraining);
}
