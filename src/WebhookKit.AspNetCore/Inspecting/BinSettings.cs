namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>How a bin answers, and what it verifies with.</summary>
internal sealed record BinSettings
{
    public const int MaxDelay = 60_000;

    public int Status { get; init; } = 200;

    public int DelayMilliseconds { get; init; }

    public WebhookProfile? Profile { get; init; }

    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Never with the secrets.</summary>
    public override string ToString() => $"BinSettings {{ Status = {Status}, Profile = {Profile?.Name} }}";
}
