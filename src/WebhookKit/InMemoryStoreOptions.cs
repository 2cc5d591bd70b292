namespace WebhookKit;

/// <summary>The limits of the in-memory store. It forgets everything when the process ends.</summary>
public sealed class InMemoryStoreOptions
{
    /// <summary>Into how many partitions the lanes are divided. 1 to 4,096. Default: 64.</summary>
    public int PartitionCount { get; set; } = 64;

    /// <summary>
    /// How many deliveries may be pending. Publishing that would exceed it stores nothing and throws
    /// <see cref="WebhookConflictException"/>; resending what is in the history is always allowed. At least 1. Default: 1,000,000.
    /// </summary>
    public int MaxPending { get; set; } = 1_000_000;

    /// <summary>
    /// How many deliveries that succeeded are kept, with their attempts; the one that finished first is dropped first, and its event
    /// with the last of its deliveries. 0 keeps none. Default: 1,000.
    /// </summary>
    /// <remarks>
    /// An event is known as a duplicate, and can be recovered, for as long as it is kept: while one of its deliveries is pending or
    /// in the history.
    /// </remarks>
    public int MaxSucceeded { get; set; } = 1_000;

    /// <summary>
    /// How many deliveries that ended without success (exhausted, expired, canceled) are kept likewise, so that what may have to be
    /// recovered is not pushed out by what went well. Of events without any delivery as many again are kept. 0 keeps none.
    /// Default: 10,000.
    /// </summary>
    /// <remarks>Listing looks through the whole history, recovering through those that failed: their cost grows with it.</remarks>
    public int MaxFailed { get; set; } = 10_000;

    /// <summary>How many attempts of one delivery are kept; the oldest are dropped first. 0 keeps none. Default: 50.</summary>
    public int MaxAttemptsPerDelivery { get; set; } = 50;

    /// <summary>
    /// How many rows of statistics are kept; those of the oldest span are dropped first. An endpoint that is busy all day has 313 in a day, of up to
    /// 400 bytes each. 0 keeps none. Default: 50,000.
    /// </summary>
    public int MaxStatistics { get; set; } = 50_000;
}
