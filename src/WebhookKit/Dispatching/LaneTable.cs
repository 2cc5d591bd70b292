using System.Collections.Concurrent;
using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>The lanes that are running, by subscription. Idle ones are dropped: a lane costs memory only while it has something to do or to remember.</summary>
internal sealed class LaneTable(OwnedPartitions partitions, FailingTable failing, BufferBudget budget, WebhookOptions options)
{
    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    private long _readsEnded;

    public IEnumerable<Lane> All => _lanes.Select(pair => pair.Value);

    /// <summary>
    /// How many reads of lanes have ended since the start, here or, while a partition was another node's, there: tells whether one may have seen what was
    /// stored after a moment.
    /// </summary>
    public long ReadsEnded => Interlocked.Read(ref _readsEnded);

    public long CountRead() => Interlocked.Increment(ref _readsEnded);

    public Lane? Find(string subscriptionId) => _lanes.GetValueOrDefault(subscriptionId);

    public Lane GetOrAdd(SubscriptionModel model)
    {
        if (_lanes.TryGetValue(model.Id, out var lane)) return lane;
        return _lanes.GetOrAdd(model.Id, new Lane(model, options.LaneBufferSize, options.Breaker, budget, partitions.TakenOverAt(model.Partition), ReadsEnded));
    }

    /// <summary>Drops a lane that has closed.</summary>
    public void Remove(Lane lane)
    {
        _lanes.TryRemove(new KeyValuePair<string, Lane>(lane.Key.SubscriptionId, lane));
        lane.Key.Running = null;
    }

    /// <summary>Closes the lanes of some partitions, so that nothing new starts there.</summary>
    /// <returns>The partitions in which something is still under way.</returns>
    public HashSet<int> Close(HashSet<int> partitionsToClose)
    {
        HashSet<int> busy = [];
        foreach (var lane in All.Where(l => partitionsToClose.Contains(l.Partition)))
        {
            lane.Close();
            if (lane.IsBusy) busy.Add(lane.Partition);
        }

        return busy;
    }

    /// <summary>Closes and drops the lanes of a partition that another node may have, or have had.</summary>
    public void Forget(int partition)
    {
        // What this node has stored before may be gone by the time that it is handed over.
        CountRead();
        foreach (var lane in All.Where(l => l.Partition == partition)) CloseAndRemove(lane);
        failing.Forget(partition);
    }

    /// <summary>Lets all lanes leave what waits in them to the store.</summary>
    public void Leave()
    {
        foreach (var lane in All) lane.Leave();
    }

    public void CloseAndRemove(Lane lane)
    {
        lane.Close();
        Remove(lane);
    }

    /// <summary>Drops the lanes that have nothing to do until a time, unless they have had since they were last looked at: most will again.</summary>
    public void DropIdle(DateTimeOffset now, DateTimeOffset until)
    {
        foreach (var lane in All)
        {
            if (!lane.TakeOffered() && lane.TryCloseIdle(now, until)) Remove(lane);
        }
    }
}
