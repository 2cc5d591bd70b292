namespace WebhookKit.AspNetCore.Receiving;

/// <summary>A request that has been proved and read.</summary>
internal sealed class ReceivedMessage
{
    private bool[]? _skipped;

    public required string? MessageId { get; init; }

    public required DateTimeOffset? SignedAt { get; init; }

    /// <summary>The events, with their tenant.</summary>
    public required IReadOnlyList<WebhookEvent> Events { get; init; }

    /// <summary>The key of each.</summary>
    public required EventKey[] Keys { get; init; }

    /// <summary>Leaves one out, because it is known.</summary>
    public void Skip(int index) => (_skipped ??= new bool[Keys.Length])[index] = true;

    public bool IsSkipped(int index) => _skipped is not null && _skipped[index];
}
