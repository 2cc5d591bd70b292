using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>What healthy endpoints lose on a store that has grown, against an empty one. Each store says what that means to it.</summary>
internal static class GrowthBenchmark
{
    public static Task<int> RunAsync(Settings settings) => settings.Text("store", "sqlite") switch
    {
        "sqlite" => SqliteGrowth.RunAsync(settings),
        "postgres" => PostgresGrowth.RunAsync(settings),
        var other => throw new FormatException($"There is no growth on a store '{other}'. Use sqlite or postgres."),
    };
}
