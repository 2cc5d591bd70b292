namespace WebhookKit.Dispatching;

/// <summary>What the end of a request changed in a lane's buffer.</summary>
/// <param name="Left">Deliveries that waited here and are now left to the store.</param>
/// <param name="ReadAgain">Whether the store may have something that reads have left out so far.</param>
internal readonly record struct BufferChange(IReadOnlyList<Guid> Left, bool ReadAgain)
{
    public static BufferChange None { get; } = new([], ReadAgain: false);
}
