namespace WebhookKit.Dispatching;

/// <summary>What a lane does with its turn: at most one of sending and reading.</summary>
internal readonly record struct Turn
{
    /// <summary>The request to make.</summary>
    public LaneWork? Send { get; init; }

    /// <summary>The deliveries to read from the store.</summary>
    public LaneRead? Read { get; init; }
}
