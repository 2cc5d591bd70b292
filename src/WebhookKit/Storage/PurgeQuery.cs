namespace WebhookKit;

/// <summary>What of the history is old enough to be removed. Pending deliveries and their events always stay.</summary>
public sealed record PurgeQuery
{
    /// <summary>Deliveries that succeeded before this time go, with their attempts.</summary>
    public required DateTimeOffset SucceededBefore { get; init; }

    /// <summary>Deliveries that ended otherwise (exhausted, expired, canceled) before this time go, with their attempts.</summary>
    public required DateTimeOffset FailedBefore { get; init; }

    /// <summary>Attempts that began before this time go, but for the last one of each delivery, which goes with it.</summary>
    public required DateTimeOffset AttemptsBefore { get; init; }

    /// <summary>Events that were published before this time go once they have no delivery (any more).</summary>
    public required DateTimeOffset EventsBefore { get; init; }

    /// <summary>Rows of the statistics that begin before this time go. Default: none do.</summary>
    public DateTimeOffset StatisticsBefore { get; init; } = DateTimeOffset.MinValue;

    /// <summary>The most rows to remove in one call, at least 1; attempts that go with their delivery need not be counted.</summary>
    public required int Limit { get; init; }
}
