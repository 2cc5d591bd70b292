using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>What was counted.</summary>
internal static class StatisticsJson
{
    public static void Write(Utf8JsonWriter json, WebhookStatistics statistics)
    {
        json.WriteStartObject();
        json.WriteTime("from", statistics.From);
        json.WriteTime("to", statistics.To);
        json.WriteNumber("step_seconds", (long)statistics.Step.TotalSeconds);
        json.WriteStartArray("buckets");
        foreach (var step in statistics.Steps)
        {
            json.WriteStartObject();
            json.WriteTime("at", step.At);
            WriteTotals(json, step.Totals);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("totals");
        WriteTotals(json, statistics.Totals);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The members that all that was counted has.</summary>
    public static void WriteTotals(Utf8JsonWriter json, DeliveryTotals totals)
    {
        json.WriteNumber("delivered", totals.Delivered);
        json.WriteNumber("failed_attempts", totals.FailedAttempts);
        json.WriteNumber("gave_up", totals.GaveUp);
        if (totals.Latency is not { } latency)
        {
            json.WriteNull("latency_ms");
            return;
        }

        json.WriteStartObject("latency_ms");
        WriteMilliseconds(json, "p50", latency.P50);
        WriteMilliseconds(json, "p95", latency.P95);
        WriteMilliseconds(json, "max", latency.Max);
        json.WriteEndObject();
    }

    public static void WriteMilliseconds(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } known) json.WriteNumber(name, Math.Round(known.TotalMilliseconds, 3));
        else json.WriteNull(name);
    }
}
