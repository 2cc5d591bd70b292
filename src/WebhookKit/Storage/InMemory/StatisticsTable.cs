namespace WebhookKit.Storage.InMemory;

/// <summary>The rows of the statistics, by span and time. Guarded by the store's lock.</summary>
internal sealed class StatisticsTable(int maxRows)
{
    private readonly SortedList<(DateTimeOffset At, TimeSpan Span), Dictionary<Key, DeliveryCounts>> _spans = [];
    private int _count;

    public void Add(DeliveryCounts row)
    {
        var at = (row.At, row.Span);
        if (!_spans.TryGetValue(at, out var rows))
            _spans.Add(at, rows = []);
        var key = new Key(row.TenantId, row.SubscriptionId);
        if (rows.TryGetValue(key, out var before))
        {
            rows[key] = before.Plus(row);
            return;
        }

        rows.Add(key, row);
        for (_count++; _count > maxRows; RemoveOldest())
        {
        }
    }

    public IEnumerable<DeliveryCounts> Read(StatisticsRange range, string? subscriptionId)
    {
        var key = new Key(range.TenantId, subscriptionId);
        for (var i = FindFirst(range.From); i < _spans.Count && _spans.Keys[i].At < range.To; i++)
        {
            if (_spans.Keys[i].Span == range.Span && _spans.Values[i].TryGetValue(key, out var row))
                yield return row;
        }
    }

    public List<DeliveryCounts> Sum(StatisticsRange range, IEnumerable<string> subscriptionIds)
    {
        List<DeliveryCounts> sums = [];
        foreach (var id in subscriptionIds)
        {
            var rows = Read(range, id).ToList();
            if (rows.Count > 0)
                sums.Add(rows.Skip(1).Aggregate(rows[0] with { At = range.From }, static (sum, row) => sum.Plus(row)));
        }

        return sums;
    }

    public int Purge(DateTimeOffset before, int limit)
    {
        var removed = 0;
        while (removed < limit && _spans.Count > 0 && _spans.Keys[0].At < before)
        {
            var rows = _spans.Values[0];
            foreach (var key in rows.Keys.Take(limit - removed).ToList())
            {
                rows.Remove(key);
                removed++;
                _count--;
            }

            if (rows.Count == 0)
                _spans.RemoveAt(0);
        }

        return removed;
    }

    private void RemoveOldest()
    {
        _count -= _spans.Values[0].Count;
        _spans.RemoveAt(0);
    }

    /// <summary>The place of the first span that begins at a time or later.</summary>
    private int FindFirst(DateTimeOffset from)
    {
        var (low, high) = (0, _spans.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_spans.Keys[middle].At < from)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private readonly record struct Key(string? TenantId, string? SubscriptionId);
}
