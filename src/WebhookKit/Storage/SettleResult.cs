namespace WebhookKit;

/// <summary>What became of a settlement.</summary>
public enum SettleResult
{
    /// <summary>Applied: to all its deliveries that were still as the attempt found them.</summary>
    Applied,

    /// <summary>The partition has another owner by now; nothing was changed.</summary>
    Fenced,

    /// <summary>None of its deliveries was as the attempt found it (canceled, or settled already); nothing was changed.</summary>
    Superseded,
}
