namespace WebhookKit.Dispatching;

/// <summary>What the end of an attempt says of the endpoint.</summary>
internal enum LaneEnd
{
    /// <summary>It answered well.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>Nothing: no request was made, or it was ours to blame, or it was interrupted.</summary>
    SaysNothing,
}
