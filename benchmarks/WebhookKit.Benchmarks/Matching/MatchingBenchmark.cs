using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Matching;

namespace WebhookKit.Benchmarks.Matching;

/// <summary>What many subscriptions cost: matching one event against them, and keeping them at rest.</summary>
internal static class MatchingBenchmark
{
    private const double MostMicroseconds = 20;

    public static async Task<int> RunAsync(Settings settings)
    {
        var subscriptions = settings.Get("subscriptions", 100_000);
        var rounds = settings.Get("rounds", 15);
        var report = new Report(string.Create(CultureInfo.InvariantCulture, $"Matching one event against {subscriptions:N0} subscriptions"));
        Measure(report, Population.ManyTenants(subscriptions), rounds, hasTarget: true);
        Measure(report, Population.OneTenant(subscriptions), rounds, hasTarget: true);
        Measure(report, Population.FiltersOnly(subscriptions), rounds, hasTarget: false);
        return report.ExitCode | await IdleLanes.MeasureAsync(subscriptions);
    }

    private static void Measure(Report report, Population population, int rounds, bool hasTarget)
    {
        var (_, index, events) = population;
        List<SubscriptionModel> matches = [];
        var (time, bytes) = MicroLoop.Run(rounds, i =>
        {
            matches.Clear();
            index.Match(events[i % events.Length], matches);
        });

        Report.Note("\n" + population.Name);
        Report.Row("  subscriptions that an event matches", matches.Count.ToString(CultureInfo.InvariantCulture));
        if (hasTarget) report.Row("  time, us", time.ToString("0.00"), "less than 20", time.Median < MostMicroseconds);
        else Report.Row("  time, us (grows with the filters; no target)", time.ToString("N0"));
        Report.Row("  bytes allocated", bytes.ToString(CultureInfo.InvariantCulture));
    }
}
