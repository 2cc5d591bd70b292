namespace WebhookKit.Benchmarks.Matching;
internal static class MatchingBenchmark { public static Task<int> RunAsync(Measuring.Settings s) => Task.FromResult(s.Get("x", 0)); }
