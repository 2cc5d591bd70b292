using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Reporting.Charts;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>Runs every part, one after another, and writes what they found: <c>RESULTS.md</c> and <c>results.svg</c>.</summary>
internal static class ReportCommand
{
    /// <summary>For how long a benchmark that has begun may go on when the time is up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(Settings settings)
    {
        var folder = settings.Text("out", ".");
        var minutes = settings.Get("minutes", 16);
        var only = settings.Text("only", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var began = Stopwatch.GetTimestamp();
        var withoutPostgres = PostgresServer.WhyNot;
        List<string> leftOut = withoutPostgres is null ? [] : [$"Everything on PostgreSQL: {withoutPostgres}"];
        List<PartResult> results = [];
        Part[] parts = [.. Parts.All.Where(p => only.Length == 0 || only.Contains(p.Arguments.Split(' ')[0]))];
        foreach (var part in parts)
        {
            if (part.Store == Part.Postgres && withoutPostgres is not null) continue;
            var left = TimeSpan.FromMinutes(minutes) - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                leftOut.Add(string.Create(CultureInfo.InvariantCulture, $"{part.Topic}, {part.StoreName}: the {minutes} minutes were over."));
                continue;
            }

            var started = Stopwatch.GetTimestamp();
            var (result, fault) = await PartRunner.RunAsync(part, Min(TimeSpan.FromMinutes(part.Minutes), left + Grace));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"({part.Topic}, {part.StoreName}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s of {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s)"));
            if (result is not null) results.Add(result);
            else leftOut.Add($"{part.Topic}, {part.StoreName}: {fault}.");
            if (result is not null) leftOut.AddRange(Goals.Compare(part, result.Findings).Select(g => $"{part.Topic}, {part.StoreName}: a goal that stands on one side only, in the code of the report or of the benchmark: {g}."));
        }

        var machine = await Machine.DescribeAsync(withoutPostgres is null);
        var took = Stopwatch.GetElapsedTime(began);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "RESULTS.md"), ResultsPage.Write(parts, results, machine, leftOut, took));
        await File.WriteAllTextAsync(Path.Combine(folder, "results.svg"), ResultsChart.Draw(results));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nWritten to {folder}: RESULTS.md and results.svg, after {took.TotalMinutes:0.0} minutes."));
        foreach (var line in leftOut) Console.WriteLine("Left out: " + line);

        // A missed goal stands in the page; only what could not be measured is a failure.
        return results.Count > 0 && leftOut.Count == (withoutPostgres is null ? 0 : 1) ? 0 : 1;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
