using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>Ten healthy endpoints beside very many others with a backlog, against ten on an empty database.</summary>
/// <remarks>
/// What is pending for an endpoint that answers would be delivered at once, and would be no backlog. So one of ten lanes is dead: nobody listens
/// where its endpoint should be, all that it has is due, and by the time that counts its breaker is open and a probe goes there now and then. The
/// other nine have deliveries that are due hours later, as after a few attempts that failed. What is measured are new events to ten endpoints
/// that answer, as fast as they are delivered and settled, through the same node, the same tables and the same indexes.
/// </remarks>
internal static class PostgresGrowth
{
    private const double MostMiB = 300;
    private const int Endpoints = 10;

    public static async Task<int> RunAsync(Settings settings)
    {
        var lanes = settings.Get("lanes", 100_000);
        var each = Math.Max(1, settings.Get("pending", 1_000_000) / lanes);
        var dead = Math.Max(1, lanes / 10);
        await using var receiver = await ReceiverProcess.StartAsync(1);
        await using var server = await BenchServer.FindOrStartAsync();
        await using var onEmpty = await PostgresDatabase.CreateAsync(server);
        await using var onGrown = await PostgresDatabase.CreateAsync(server);
        var report = new Report(string.Create(
            CultureInfo.InvariantCulture, $"Growth on PostgreSQL: {lanes * each:N0} deliveries pending in {lanes:N0} lanes, {dead:N0} of them dead"));
        var began = Stopwatch.GetTimestamp();
        await PostgresFiller.FillAsync(onGrown.ConnectionString, dead, lanes - dead, each);
        Report.Note(string.Create(CultureInfo.InvariantCulture, $"filled in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));

        await using var empty = await GrowthProcess.StartAsync(["--database", onEmpty.ConnectionString], receiver, Endpoints);
        await using var grown = await GrowthProcess.StartAsync(["--database", onGrown.ConnectionString], receiver, Endpoints);
        began = Stopwatch.GetTimestamp();
        await grown.WhenOpenAsync(dead);
        Report.Note(string.Create(CultureInfo.InvariantCulture, $"the breakers of the dead were open after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        await GrowthComparison.RunAsync(report, empty, grown, settings, MostMiB);
        return report.ExitCode;
    }
}
