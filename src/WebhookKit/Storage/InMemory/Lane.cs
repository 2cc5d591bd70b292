namespace WebhookKit.Storage.InMemory;

/// <summary>The pending deliveries of one subscription, ordered by due time and as stored. Guarded by the store's lock.</summary>
/// <remarks>
/// By due time there are two parts. Fresh deliveries come almost in order and leave almost in order: they stand in a line, which
/// costs two links. What is put off or comes back goes into a tree, so that a long line never has to be searched for its place.
/// </remarks>
internal sealed class Lane(string id, int partition)
{
    /// <summary>How far from its end the line is searched: publishers on other threads may be a little ahead.</summary>
    private const int MaxStepsBack = 32;

    private static readonly Comparer<DeliveryRow> ByDue = Comparer<DeliveryRow>.Create(DeliveryRow.CompareDue);

    private IntrusiveList<DeliveryRow, DeliveryRow.DueLinks> _line;
    private IntrusiveList<DeliveryRow, DeliveryRow.LaneLinks> _inSequence;
    private SortedSet<DeliveryRow>? _tree;

    public string Id { get; } = id;

    public int Partition { get; } = partition;

    /// <summary>Where it stands in its partition's heap; -1 when it does not. Owned by <see cref="LaneHeap"/>.</summary>
    public int HeapIndex { get; set; } = -1;

    public int Count => _inSequence.Count;

    public DeliveryRow? First => _inSequence.First;

    public DeliveryRow? Last => _inSequence.Last;

    /// <summary>When its earliest delivery is due, in UTC ticks. The lane must not be empty.</summary>
    public long EarliestDueTicks
    {
        get
        {
            var line = _line.First?.DueTicks ?? long.MaxValue;
            return _tree is { Count: > 0 } ? Math.Min(line, _tree.Min!.DueTicks) : line;
        }
    }

    /// <summary>Adds a delivery that was stored after all others.</summary>
    public void AddFresh(DeliveryRow row)
    {
        row.Lane = this;
        row.DueTicks = row.Delivery.DueAt.UtcTicks;
        _inSequence.AddLast(row);
        var place = _line.Last;
        for (var steps = 0; place is not null && place.DueTicks > row.DueTicks; place = place.PreviousDue)
        {
            if (++steps > MaxStepsBack)
            {
                AddToTree(row);
                return;
            }
        }

        row.IsInTree = false;
        _line.InsertAfter(place, row);
    }

    /// <summary>Adds a delivery that was stored at any time, and so belongs somewhere among the others.</summary>
    /// <param name="row">The delivery.</param>
    /// <param name="from">One of this lane that is known to have been stored before it: where the search for its place begins.</param>
    public void AddAgain(DeliveryRow row, DeliveryRow? from)
    {
        row.Lane = this;
        row.DueTicks = row.Delivery.DueAt.UtcTicks;
        AddToTree(row);

        var place = _inSequence.Last;
        if (place is not null && place.Sequence > row.Sequence)
        {
            place = from;
            for (var next = place is null ? First : place.NextInLane; next is not null && next.Sequence < row.Sequence; next = next.NextInLane)
                place = next;
        }

        _inSequence.InsertAfter(place, row);
    }

    /// <summary>Finds the new place of a delivery whose due time has changed.</summary>
    public void Move(DeliveryRow row)
    {
        RemoveFromDueOrder(row);
        row.DueTicks = row.Delivery.DueAt.UtcTicks;
        AddToTree(row);
    }

    public void Remove(DeliveryRow row)
    {
        RemoveFromDueOrder(row);
        _inSequence.Remove(row);
        row.Lane = null;
    }

    public IReadOnlyList<PendingDelivery> Read(in LaneRead read)
    {
        var held = read.Held is { Count: > 0 } some ? some : null;
        if (read.InSequence)
            return ReadInSequence(read, held);

        var items = new List<PendingDelivery>(Math.Clamp(read.Limit, 0, Count));
        foreach (var row in _tree is { Count: > 0 } ? MergeByDue(_tree) : Line())
        {
            if (items.Count >= read.Limit)
                break;
            if (held?.Contains(row.Delivery.Id) != true)
                items.Add(ToPending(row));
        }

        return items;
    }

    private static PendingDelivery ToPending(DeliveryRow row) => new(row.Delivery, row.Event.Event);

    private List<PendingDelivery> ReadInSequence(in LaneRead read, IReadOnlySet<Guid>? held)
    {
        var without = read.WithoutKeys is { Count: > 0 } keys ? new HashSet<string>(keys, StringComparer.Ordinal) : null;
        var keylessDueBy = read.KeylessDueBy?.UtcTicks ?? long.MaxValue;
        List<PendingDelivery> items = [];
        for (var row = First; row is not null && items.Count < read.Limit; row = row.NextInLane)
        {
            var key = row.Event.Event.OrderingKey;
            if ((key is null ? row.DueTicks <= keylessDueBy : without?.Contains(key) != true) && held?.Contains(row.Delivery.Id) != true)
                items.Add(ToPending(row));
        }

        return items;
    }

    private IEnumerable<DeliveryRow> Line()
    {
        for (var row = _line.First; row is not null; row = row.NextDue)
            yield return row;
    }

    private IEnumerable<DeliveryRow> MergeByDue(SortedSet<DeliveryRow> tree)
    {
        var fromLine = _line.First;
        using var later = tree.GetEnumerator();
        var fromTree = later.MoveNext() ? later.Current : null;
        while (fromLine is not null || fromTree is not null)
        {
            if (fromTree is null || (fromLine is not null && DeliveryRow.CompareDue(fromLine, fromTree) < 0))
            {
                yield return fromLine!;
                fromLine = fromLine!.NextDue;
            }
            else
            {
                yield return fromTree;
                fromTree = later.MoveNext() ? later.Current : null;
            }
        }
    }

    private void AddToTree(DeliveryRow row)
    {
        row.IsInTree = true;
        (_tree ??= new SortedSet<DeliveryRow>(ByDue)).Add(row);
    }

    private void RemoveFromDueOrder(DeliveryRow row)
    {
        if (row.IsInTree)
            _tree!.Remove(row);
        else
            _line.Remove(row);
    }
}
