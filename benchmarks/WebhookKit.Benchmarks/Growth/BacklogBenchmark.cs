using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>What healthy endpoints pay for the backlogs of others, from ten thousand deliveries to a million.</summary>
/// <remarks>On PostgreSQL there are ten for each lane, so that the lanes grow too: one of ten is dead, the others wait for a retry hours later.</remarks>
internal static class BacklogBenchmark
{
    private const int PerLane = 10;
    private const int History = 1_000;
    private const int Endpoints = 10;
    private const double MostMiBOnSqlite = 250;
    private const double MostMiBOnPostgres = 300;
    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];

    public static async Task<int> RunAsync(Settings settings)
    {
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var report = new Report($"Growth of the backlog, {BenchStore.NameOf(settings)}");
        int[] sizes = [.. Sizes.Where(s => s <= settings.Get("to", Sizes[^1]))];
        switch (settings.Text("store", "memory"))
        {
            case "memory":
                Report.Note("All of it is for one endpoint where nobody listens; another one, which answers, is measured.");
                await OnMemoryAsync(report, receiver, settings, sizes);
                break;
            case "sqlite":
                Report.Note("All of it is for one endpoint where nobody listens; another one, which answers, is measured.");
                await OnSqliteAsync(report, receiver, settings, sizes);
                break;
            default:
                Report.Note("Ten for each lane: one lane of ten is for an endpoint where nobody listens, the others are due hours later. Ten endpoints that answer are measured.");
                await OnPostgresAsync(report, receiver, settings, sizes);
                break;
        }

        return report.ExitCode;
    }

    private static async Task OnMemoryAsync(Report report, ReceiverProcess receiver, Settings settings, int[] sizes)
    {
        await using var steps = new Steps();
        foreach (var size in sizes)
            steps.Add(size, await GrowthProcess.StartAsync(["--pending", size.ToString(CultureInfo.InvariantCulture)], receiver, endpoints: 1, isBounded: false), dead: 1);
        await steps.CompareAsync(report, receiver, settings, "pending", mostMiB: null);
    }

    private static async Task OnSqliteAsync(Report report, ReceiverProcess receiver, Settings settings, int[] sizes)
    {
        using var folder = new TempFolder();
        await using var steps = new Steps();
        foreach (var size in sizes)
        {
            var file = folder.PathOf(string.Create(CultureInfo.InvariantCulture, $"{size}.db"));
            await DeadBacklog.FillAsync(file, size, History);
            steps.Add(size, await GrowthProcess.StartAsync(["--file", file], receiver, endpoints: 1), dead: 1);
        }

        await steps.CompareAsync(report, receiver, settings, "pending", MostMiBOnSqlite);
    }

    private static async Task OnPostgresAsync(Report report, ReceiverProcess receiver, Settings settings, int[] sizes)
    {
        await using var server = await BenchServer.FindOrStartAsync();
        await using var databases = new DatabaseList(server);
        await using var steps = new Steps();
        foreach (var size in sizes)
        {
            var (database, lanes) = (await databases.AddAsync(), size / PerLane);
            await PostgresFiller.FillAsync(database, lanes / 10, lanes - (lanes / 10), PerLane);
            steps.Add(size, await GrowthProcess.StartAsync(["--database", database], receiver, Endpoints), lanes / 10);
        }

        await steps.CompareAsync(report, receiver, settings, "pending", MostMiBOnPostgres);
    }

    /// <summary>Databases that are gone afterwards.</summary>
    private sealed class DatabaseList(PostgresServer server) : IAsyncDisposable
    {
        private readonly List<PostgresDatabase> _databases = [];

        public async Task<string> AddAsync()
        {
            _databases.Add(await PostgresDatabase.CreateAsync(server));
            return _databases[^1].ConnectionString;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var database in _databases) await database.DisposeAsync();
        }
    }
}
