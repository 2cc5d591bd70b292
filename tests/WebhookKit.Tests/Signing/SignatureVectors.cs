using System.Text.Json;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>The known signatures in <c>vectors/signatures.json</c>, which other implementations made.</summary>
internal static class SignatureVectors
{
    public static IEnumerable<TestCaseData> StandardWebhooks => Of(nameof(StandardWebhooks));

    private static IEnumerable<TestCaseData> Of(string profile)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "signatures.json")));
        var number = 0;
        foreach (var vector in file.RootElement.GetProperty("vectors").EnumerateArray())
        {
            number++;
            if (vector.GetProperty("profile").GetString() != profile) continue;
            yield return new TestCaseData(new SignatureVector(
                vector.TryGetProperty("id", out var id) ? id.GetString()! : "",
                vector.TryGetProperty("timestamp", out var timestamp) ? timestamp.GetInt64() : 0,
                vector.GetProperty("body").GetString()!,
                [.. vector.GetProperty("secrets").EnumerateArray().Select(s => s.GetString()!)],
                vector.GetProperty("headers").EnumerateObject().ToDictionary(h => h.Name, h => h.Value.GetString()!)))
                .SetArgDisplayNames($"{profile} {number}");
        }
    }
}

public sealed record SignatureVector(string Id, long Timestamp, string Body, string[] Secrets, Dictionary<string, string> Headers);
