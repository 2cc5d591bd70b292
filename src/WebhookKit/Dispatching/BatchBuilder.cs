namespace WebhookKit.Dispatching;

/// <summary>Decides when a batch goes and how many deliveries it takes. Pure.</summary>
internal static class BatchBuilder
{
    /// <summary>When a batch of what has gathered may go: at once if a limit of size is reached, else when the oldest has waited enough.</summary>
    public static DateTimeOffset ReadyAt(int count, long bytes, DateTimeOffset oldestCreatedAt, BatchingOptions options) =>
        IsFull(count, bytes, options) ? DateTimeOffset.MinValue : oldestCreatedAt + options.MaxDelay;

    /// <summary>Whether a limit of size is reached.</summary>
    public static bool IsFull(int count, long bytes, BatchingOptions options) => count >= options.MaxEvents || bytes >= options.MaxBytes;

    /// <summary>How many of the first deliveries go together: at least one, then as many as the limits allow.</summary>
    public static int CountToTake(IEnumerable<PendingDelivery> gathered, BatchingOptions options)
    {
        var count = 0;
        long bytes = 0;
        foreach (var item in gathered)
        {
            bytes += item.Event.Data.Length;
            if (count == options.MaxEvents || (count > 0 && bytes > options.MaxBytes)) break;
            count++;
        }

        return count;
    }
}
