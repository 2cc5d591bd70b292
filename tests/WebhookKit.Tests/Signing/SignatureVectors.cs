using System.Text.Json;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>The known signatures in <c>vectors/signatures.json</c>, which other implementations made.</summary>
internal static class SignatureVectors
{
    public static IEnumerable<TestCaseData> All => Read().Select((vector, i) => new TestCaseData(vector).SetArgDisplayNames($"{vector.Profile} {i + 1}"));

    public static IEnumerable<TestCaseData> StandardWebhooks => All.Where(c => ((SignatureVector)c.Arguments[0]!).Profile == nameof(StandardWebhooks));

    private static IEnumerable<SignatureVector> Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "signatures.json")));
        foreach (var vector in file.RootElement.GetProperty("vectors").EnumerateArray())
        {
            yield return new SignatureVector(
                vector.GetProperty("profile").GetString()!,
                vector.TryGetProperty("id", out var id) ? id.GetString()! : "",
                vector.TryGetProperty("timestamp", out var timestamp) ? timestamp.GetInt64() : 0,
                vector.GetProperty("body").GetString()!,
                [.. vector.GetProperty("secrets").EnumerateArray().Select(s => s.GetString()!)],
                vector.GetProperty("headers").EnumerateObject().ToDictionary(h => h.Name, h => h.Value.GetString()!));
        }
    }
}

public sealed record SignatureVector(string Profile, string Id, long Timestamp, string Body, string[] Secrets, Dictionary<string, string> Headers);
