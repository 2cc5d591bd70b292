namespace WebhookKit.Storage.InMemory;

/// <summary>The lanes of one partition by the due time of their earliest delivery. Guarded by the store's lock.</summary>
/// <remarks>
/// A binary heap with lazy keys: a key is never later than the lane's true due time, but may be earlier, since most changes (the
/// head of a lane is settled, a lane runs empty and fills again) only make it later. Such a key is put right when somebody looks.
/// So the usual delivery touches the heap not at all, and a look costs by the lanes that are due or have changed.
/// </remarks>
/// <param name="lanes">The lanes by id: a lane leaves it when it leaves the heap.</param>
internal sealed class LaneHeap(Dictionary<string, Lane> lanes)
{
    private const int Smallest = 16;

    /// <summary>How many empty lanes are no bother: a look at what is due finds them when their time comes, which is soon for most.</summary>
    private const int FewEmpty = 1024;

    private readonly List<Lane> _found = [];
    private (long Key, Lane Lane)[] _items = [];
    private int _count;
    private int _empty;

    /// <summary>How many deliveries wait in its lanes.</summary>
    public int Pending { get; private set; }

    /// <summary>Notes that a lane has got a delivery, or one of its deliveries another due time.</summary>
    public void Due(Lane lane, long dueTicks)
    {
        if (lane.HeapIndex < 0)
        {
            if (_count == _items.Length)
                Array.Resize(ref _items, Math.Max(Smallest, _count * 2));
            Put(_count++, (dueTicks, lane));
            SiftUp(lane.HeapIndex);
        }
        else if (dueTicks < _items[lane.HeapIndex].Key)
        {
            _items[lane.HeapIndex].Key = dueTicks;
            SiftUp(lane.HeapIndex);
        }
    }

    /// <summary>Counts a delivery that has come into a lane.</summary>
    public void Added(Lane lane)
    {
        Pending++;
        if (lane.Count == 1 && lane.HeapIndex >= 0)
            _empty--;
    }

    /// <summary>Counts a delivery that has left a lane. Empty lanes stay for a while, since they often fill again, but never too many.</summary>
    public void Removed(Lane lane)
    {
        Pending--;
        if (lane.Count == 0 && ++_empty > Math.Max(FewEmpty, _count / 2))
            RemoveEmptyLanes();
    }

    /// <summary>Lists the lanes that are due by a time.</summary>
    public void ListDue(long dueByTicks, List<LaneDue> result)
    {
        Find(dueByTicks);
        foreach (var lane in _found)
        {
            if (PutRight(lane) is { } due && due <= dueByTicks)
                result.Add(new LaneDue(lane.Id, new DateTimeOffset(due, TimeSpan.Zero)));
        }

        _found.Clear();
    }

    /// <summary>The earliest due time of all; <see langword="null"/> when nothing waits.</summary>
    public long? EarliestDueTicks()
    {
        while (_count > 0)
        {
            var (key, lane) = _items[0];
            if (PutRight(lane) == key)
                return key;
        }

        return null;
    }

    /// <summary>Finds all lanes whose key is not after a time: no child is before its parent, so each search ends at the first that is.</summary>
    private void Find(long dueByTicks)
    {
        if (_count > 0 && _items[0].Key <= dueByTicks)
            _found.Add(_items[0].Lane);
        for (var i = 0; i < _found.Count; i++)
        {
            var child = (2 * _found[i].HeapIndex) + 1;
            for (var end = Math.Min(child + 2, _count); child < end; child++)
            {
                if (_items[child].Key <= dueByTicks)
                    _found.Add(_items[child].Lane);
            }
        }
    }

    /// <summary>Gives a lane its true key, or removes it if it is empty.</summary>
    private long? PutRight(Lane lane)
    {
        if (lane.Count == 0)
        {
            Remove(lane);
            return null;
        }

        var due = lane.EarliestDueTicks;
        if (due > _items[lane.HeapIndex].Key)
        {
            _items[lane.HeapIndex].Key = due;
            SiftDown(lane.HeapIndex);
        }

        return due;
    }

    private void Remove(Lane lane)
    {
        var index = lane.HeapIndex;
        var last = _items[--_count];
        _items[_count] = default;
        Leave(lane);
        if (index == _count)
            return;

        Put(index, last);
        SiftUp(index);
        SiftDown(last.Lane.HeapIndex);
    }

    private void RemoveEmptyLanes()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (_items[i].Lane.Count == 0)
                Leave(_items[i].Lane);
            else
                Put(kept++, _items[i]);
        }

        Array.Clear(_items, kept, _count - kept);
        _count = kept;
        for (var i = (_count / 2) - 1; i >= 0; i--)
            SiftDown(i);
    }

    private void Leave(Lane lane)
    {
        lane.HeapIndex = -1;
        lanes.Remove(lane.Id);
        _empty--;
    }

    private void SiftUp(int index)
    {
        var item = _items[index];
        while (index > 0 && _items[(index - 1) / 2].Key > item.Key)
        {
            Put(index, _items[(index - 1) / 2]);
            index = (index - 1) / 2;
        }

        Put(index, item);
    }

    private void SiftDown(int index)
    {
        var item = _items[index];
        for (var child = (2 * index) + 1; child < _count; child = (2 * index) + 1)
        {
            if (child + 1 < _count && _items[child + 1].Key < _items[child].Key)
                child++;
            if (_items[child].Key >= item.Key)
                break;
            Put(index, _items[child]);
            index = child;
        }

        Put(index, item);
    }

    private void Put(int index, (long Key, Lane Lane) item)
    {
        _items[index] = item;
        item.Lane.HeapIndex = index;
    }
}
