using System.Text.Json.Serialization;

namespace WebhookKit.Benchmarks.Isolation;

/// <summary>The data of an event: when it was published, on the machine's monotonic clock, and some ballast.</summary>
internal sealed record Tick([property: JsonPropertyName("at")] long At, [property: JsonPropertyName("notes")] string Notes)
{
    private static readonly string Ballast = new('n', 140);

    public static Tick Now() => new(System.Diagnostics.Stopwatch.GetTimestamp(), Ballast);
}
