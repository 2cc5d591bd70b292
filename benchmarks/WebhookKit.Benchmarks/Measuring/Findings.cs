using System.Text.Json;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>What one benchmark found, as another process reads it.</summary>
internal sealed record Findings(IReadOnlyList<string> Notes, IReadOnlyList<Figure> Figures)
{
    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this));

    public static Findings Load(string path) => JsonSerializer.Deserialize<Findings>(File.ReadAllText(path))!;
}
