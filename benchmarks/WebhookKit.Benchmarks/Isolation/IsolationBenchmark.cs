namespace WebhookKit.Benchmarks.Isolation;
internal static class IsolationBenchmark { public static Task<int> RunAsync(Measuring.Settings s) => Task.FromResult(s.Get("x", 0)); }
