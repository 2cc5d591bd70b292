namespace WebhookKit.Dispatching;

/// <summary>
/// How many attempts a lane may have under way: its limit while the endpoint answers well, less while it does not. It begins low
/// and grows with each success, so that an endpoint that hangs holds a few of the node's attempts, not its whole share.
/// </summary>
internal struct ConcurrencyWindow(int limit)
{
    private const int InitialSize = 4;

    public int Size { get; private set; } = Math.Min(InitialSize, limit);

    public void Succeeded(int limit) => Size = Math.Min(limit, Size + 1);

    public void Failed() => Size = Math.Max(1, Size / 2);

    public void LimitChanged(int limit) => Size = Math.Min(Size, limit);
}
