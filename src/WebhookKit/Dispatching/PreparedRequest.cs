namespace WebhookKit.Dispatching;

/// <summary>A request that is ready to go: formatted and signed.</summary>
internal sealed record PreparedRequest
{
    public required string MessageId { get; init; }

    /// <summary>The message id when it carries a batch; else <see langword="null"/>.</summary>
    public required string? BatchId { get; init; }

    public required WebhookContent Content { get; init; }

    /// <summary>The headers of format and signer.</summary>
    public required WebhookHeaders Headers { get; init; }

    /// <summary>The HTTP client that sends it; <see langword="null"/> for the usual one.</summary>
    public string? HttpClient { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>The deadline of the attempt.</summary>
    public required TimeSpan Timeout { get; init; }

    public required WebhookProfile Profile { get; init; }
}
