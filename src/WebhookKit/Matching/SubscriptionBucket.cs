namespace WebhookKit.Matching;

/// <summary>The subscriptions of one route, ordered by id (ordinal), in an array that is never changed.</summary>
internal static class SubscriptionBucket
{
    /// <summary>Makes the array after some changes. Unchanged runs are copied as blocks, so one change of many costs a copy.</summary>
    /// <param name="bucket">The array before.</param>
    /// <param name="edits">
    /// What now stands at an id; null takes out what stood there before. An id may be taken out and put in again, in whichever
    /// order: it then stands there. Sorted in place.
    /// </param>
    public static SubscriptionModel[] Apply(SubscriptionModel[] bucket, List<(string Id, SubscriptionModel? Model)> edits)
    {
        edits.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        var result = new List<SubscriptionModel>(bucket.Length + edits.Count);
        var rest = bucket.AsSpan();
        foreach (var (id, model) in edits)
        {
            var index = IndexOf(rest, id);
            var isThere = index >= 0;
            if (!isThere) index = ~index;
            result.AddRange(rest[..index]);
            rest = rest[(isThere ? index + 1 : index)..];
            if (model is not null) result.Add(model);
        }

        result.AddRange(rest);
        return [.. result];
    }

    private static int IndexOf(ReadOnlySpan<SubscriptionModel> bucket, string id)
    {
        var (low, high) = (0, bucket.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(bucket[middle].Id, id);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
