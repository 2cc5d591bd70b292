namespace WebhookKit.Simulation.World;

/// <summary>What the database knows of a subscription's past, and no node does.</summary>
internal sealed class SubscriptionFacts
{
    /// <summary>Since when it has been enabled, or has not been, or has been gone; long ago unless it has ever changed.</summary>
    public TimeSpan ChangedAt { get; set; } = TimeSpan.FromDays(-365);

    /// <summary>When somebody enabled it last; long ago if nobody ever did.</summary>
    public TimeSpan EnabledAt { get; set; } = TimeSpan.FromDays(-365);

    /// <summary>The node that did that.</summary>
    public SimNode? ChangedBy { get; set; }

    /// <summary>Its settings before each change of them: until when they were so, and who has changed them.</summary>
    public List<(WebhookSubscription Settings, TimeSpan Until, SimNode ChangedBy)> Earlier { get; } = [];

    /// <summary>When an attempt was last settled.</summary>
    public TimeSpan SettledAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Whether requests that were under way together began to fail: since which of them it fails is not certain then.</summary>
    public bool IsVague { get; set; }

    /// <summary>When somebody has last learnt of a success, whatever became of that.</summary>
    public TimeSpan SeenToSucceedAt { get; set; } = TimeSpan.FromDays(-365);

    /// <summary>When an attempt that succeeded has last ended, as far as it was settled.</summary>
    public TimeSpan SucceededAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Whether its settings have changed since a time.</summary>
    public bool HasChangedSince(TimeSpan time) => Earlier.Count > 0 && Earlier[^1].Until >= time;
}
