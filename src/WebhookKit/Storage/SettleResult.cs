namespace WebhookKit;

/// <summary>What became of a settlement.</summary>
public enum SettleResult
{
    /// <summary>Applied to all its deliveries.</summary>
    Applied,

    /// <summary>Applied to those of its deliveries that were still as the attempt found them; the others (canceled, say) are as they were.</summary>
    AppliedInPart,

    /// <summary>The partition has another owner by now; nothing was changed.</summary>
    Fenced,

    /// <summary>None of its deliveries was as the attempt found it (canceled, or settled already); nothing was changed.</summary>
    Superseded,
}
