using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Resting;

/// <summary>How long a process takes until it can publish, and until its first event has arrived; and what it costs while nothing happens.</summary>
/// <remarks>In turns with a process that has a bare HttpClient: the difference is the engine's, the rest the runtime's.</remarks>
internal static class RestBenchmark
{
    /// <summary>The process without an engine.</summary>
    public const string Plain = "plain";

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 5);
        var store = settings.Text("store", "memory");
        await using var receiver = await ReceiverProcess.StartAsync(1);
        await using var server = store == "postgres" ? await BenchServer.FindOrStartAsync() : null;
        var report = new Report($"Start-up and rest, {BenchStore.NameOf(settings)}");
        Report.Note("A new process each time, as the runtime starts it: nothing is compiled ahead of time, workstation GC. The tables are made within it.");
        List<(RestFigures Engine, RestFigures Plain)> all = [];
        for (var round = -1; round < rounds; round++)
        {
            var plain = await MeasureAsync(receiver, ["--store", Plain]);
            await using var database = server is null ? null : await PostgresDatabase.CreateAsync(server);
            var engine = await MeasureAsync(receiver, database is null ? ["--store", store] : ["--database", database.ConnectionString]);
            if (round >= 0) all.Add((engine, plain));
        }

        report.Add("process start to ready to publish, ms", Spread.Of(all.Select(f => f.Engine.Ready)), "0", key: "ready");
        report.Add("process start to the first delivery, ms", Spread.Of(all.Select(f => f.Engine.Delivered)), "0", key: "first");
        report.Add("the same of a bare HttpClient, ms", Spread.Of(all.Select(f => f.Plain.Delivered)), "0");
        report.Add("memory at rest (resident), MiB", Spread.Of(all.Select(f => f.Engine.MiB)), "0", key: "rest");
        report.Add("the same of a bare HttpClient, MiB", Spread.Of(all.Select(f => f.Plain.MiB)), "0");
        report.Add("processor at rest, thousandths of one", Spread.Of(all.Select(f => f.Engine.Processor)), "0.0");
        report.Add("the same of a bare HttpClient, thousandths", Spread.Of(all.Select(f => f.Plain.Processor)), "0.0");
        return report.ExitCode;
    }

    private static async Task<RestFigures> MeasureAsync(ReceiverProcess receiver, string[] store)
    {
        await using var process = OwnProcess.Start([RestSide.Command, .. store, "--url", receiver.Url(0, "hook").ToString()], [("DOTNET_gcServer", "0")]);
        var times = (await process.ReadAsync()).Split(' ');
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        var used = process.ProcessorTime;
        await Task.Delay(Rest);
        var processor = (process.ProcessorTime - used) / Rest * 1000;
        return new RestFigures(
            double.Parse(times[0], CultureInfo.InvariantCulture), double.Parse(times[1], CultureInfo.InvariantCulture), process.MiB, processor);
    }

    private readonly record struct RestFigures(double Ready, double Delivered, double MiB, double Processor);
}
