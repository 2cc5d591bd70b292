namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>A request that came to a bin.</summary>
internal sealed class CapturedRequest
{
    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Method { get; init; }

    /// <summary>The path behind the bin's name, and the query.</summary>
    public required string Path { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How long the whole body was.</summary>
    public required long BodyLength { get; init; }

    public required Inspection Inspection { get; init; }

    public required int Answer { get; init; }

    /// <summary>What it takes of the bin's bytes.</summary>
    public int Size => Body.Length + Path.Length + Headers.Sum(h => h.Key.Length + h.Value.Length) + 200;
}
