namespace WebhookKit;

/// <summary>
/// The classes into which the durations of requests are counted: finer where most of them lie, and fixed, because the counters are stored. A
/// percentile that is read from them lies in the right class, so below a second it is at most about half too high or too low.
/// </summary>
public static class LatencyScale
{
    private static readonly TimeSpan[] Ends =
    [
        .. Array.ConvertAll(
            (int[])[1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000],
            static milliseconds => TimeSpan.FromMilliseconds(milliseconds)),
    ];

    /// <summary>How many classes there are: 24.</summary>
    public static int Count => Ends.Length + 1;

    /// <summary>Where each class but the last ends; a duration of just that long belongs to the next one. The last has no end.</summary>
    public static IReadOnlyList<TimeSpan> Bounds => Ends;

    /// <summary>Finds the class of a duration.</summary>
    /// <param name="duration">How long a request took.</param>
    /// <returns>The class, from 0.</returns>
    public static int Find(TimeSpan duration)
    {
        var found = Array.BinarySearch(Ends, duration);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>Reads a percentile from the counters.</summary>
    /// <param name="counts">How many requests fell into each class.</param>
    /// <param name="max">How long the slowest one took: no percentile is above it.</param>
    /// <param name="share">How many of all took at most so long: more than 0, at most 1.</param>
    /// <returns>The percentile; <see langword="null"/> when there were no requests.</returns>
    public static TimeSpan? FindPercentile(IReadOnlyList<long> counts, TimeSpan max, double share)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var rank = Math.Ceiling(counts.Sum() * share);
        if (rank <= 0) return null;
        long before = 0;
        for (var i = 0; i < counts.Count; i++)
        {
            if (before + counts[i] < rank)
            {
                before += counts[i];
                continue;
            }

            // Within a class they are taken to lie evenly.
            var from = i == 0 ? TimeSpan.Zero : Ends[i - 1];
            var to = i < Ends.Length && Ends[i] < max ? Ends[i] : max;
            return to <= from ? max : from + ((to - from) * ((rank - before) / counts[i]));
        }

        return max;
    }
}
