using System.Data.Common;
using WebhookKit.Matching;

namespace WebhookKit.Publishing;

/// <summary>Events that are published together: all are stored or none.</summary>
internal sealed class PublishBatch
{
    public required WebhookEvent[] Events { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>Whether all their ids were made here, for them.</summary>
    public bool HasNewIds { get; init; }

    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The subscriptions that it is addressed to; <see langword="null"/> for those that match.</summary>
    public IReadOnlyCollection<string>? SubscriptionIds { get; init; }

    public DbTransaction? Transaction { get; init; }

    /// <summary>The bytes of their data.</summary>
    public long DataLength => Events.Sum(static e => (long)e.Data.Length);

    /// <summary>How many reads of lanes had ended before it was stored; set when it is.</summary>
    public long ReadsBefore { get; set; }

    /// <summary>What to store, one for each event; set by matching.</summary>
    public EventWrite[] Writes { get; set; } = [];

    /// <summary>The subscription of each delivery of each write; set by matching.</summary>
    public SubscriptionModel[][] Targets { get; set; } = [];
}
