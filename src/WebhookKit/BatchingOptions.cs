namespace WebhookKit;

/// <summary>How deliveries of one subscription are gathered into one request. The first limit reached sends the batch.</summary>
public sealed record BatchingOptions
{
    /// <summary>The most deliveries in one request, 1 to 1,000. Default: 100.</summary>
    public int MaxEvents { get; init; } = 100;

    /// <summary>
    /// The most bytes of event data in one request, 1 byte to 64 MiB. Default: 1 MiB. A single event that is larger is sent alone.
    /// </summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>How long the first delivery of a batch waits for others, at most 1 day. Default: 1 second. Zero takes what is there.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1);
}
