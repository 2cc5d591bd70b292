namespace WebhookKit.AspNetCore.Receiving;

/// <summary>A request that has been proved and read.</summary>
internal sealed class ReceivedMessage
{
    private bool[]? _skipped;
    private RecentIds.Entry?[]? _entries;

    public required string? MessageId { get; init; }

    public required DateTimeOffset? SignedAt { get; init; }

    /// <summary>The events, with their tenant.</summary>
    public required IReadOnlyList<WebhookEvent> Events { get; init; }

    /// <summary>The key of each.</summary>
    public required EventKey[] Keys { get; init; }

    /// <summary>What is noted of those that are to be handled; nothing of those without an id.</summary>
    public RecentIds.Entry?[] Entries => _entries ??= new RecentIds.Entry?[Keys.Length];

    /// <summary>Leaves one out, because it is known.</summary>
    public void Skip(int index) => (_skipped ??= new bool[Keys.Length])[index] = true;

    public bool IsSkipped(int index) => _skipped is not null && _skipped[index];
}
