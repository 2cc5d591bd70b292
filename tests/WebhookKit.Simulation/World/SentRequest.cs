namespace WebhookKit.Simulation.World;

/// <summary>A request as the network saw it.</summary>
internal sealed record SentRequest(SimNode Node, string SubscriptionId, Uri Url, string[] EventIds, TimeSpan StartedAt)
{
    /// <summary>The same by its node's clock.</summary>
    public DateTimeOffset StartedByClock { get; } = Node.Clock.GetUtcNow();

    /// <summary>When its sender learned how it ended, or gave it up.</summary>
    public TimeSpan? EndedAt { get; set; }

    /// <summary>What its sender was answered; null for nothing.</summary>
    public int? Status { get; set; }

    /// <summary>Under which id it went, as far as its sender has told.</summary>
    public string? MessageId { get; set; }

    /// <summary>How long the endpoint asked to wait.</summary>
    public TimeSpan RetryAfter { get; set; }

    /// <summary>Whether the endpoint has taken it, whatever the sender learned.</summary>
    public bool WasTaken { get; set; }
}
