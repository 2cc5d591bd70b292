using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Throughput;
using WebhookKit.Benchmarks.Yardsticks.Outbox;
using WebhookKit.Benchmarks.Yardsticks.Scheduler;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Yardsticks;

/// <summary>
/// What else one could do on PostgreSQL: an outbox written by hand, or a job scheduler. Each sends the same requests to the same receiver
/// as the plain loop, in turns with it. The server is a private one that commits to the disk, as it does unless somebody sets it otherwise.
/// </summary>
internal sealed class YardstickBenchmark : IAsyncDisposable
{
    private const int Concurrency = 64;

    private readonly int _rounds;
    private readonly int _requests;
    private readonly ReceiverProcess _receiver;
    private readonly PostgresServer _server;
    private readonly Uri[] _urls;
    private readonly LoopSide _loop;

    private YardstickBenchmark(int rounds, int requests, ReceiverProcess receiver, PostgresServer server)
    {
        (_rounds, _requests, _receiver, _server) = (rounds, requests, receiver, server);
        _urls = [receiver.Url(0, "hooks/0")];
        _loop = new LoopSide(_urls, Concurrency);
    }

    public static async Task<int> RunAsync(Settings settings)
    {
        var only = settings.Text("only", "");
        if (only is not ("" or "loop" or "outbox" or "scheduler")) throw new FormatException($"There is no yardstick '{only}'. Use outbox, scheduler or loop.");
        var (rounds, requests) = (settings.Get("rounds", 7), settings.Get("requests", 60_000));
        var report = new Report("Yardsticks on PostgreSQL, against a plain loop over HttpClient");
        Report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} rounds each of {requests:N0} requests (the scheduler's of a twentieth), {Payload.BodyLength}-byte bodies, {Concurrency} at once, {OutboxSide.Publishers} publishers, receiver in another process"));
        await using var benchmark = new YardstickBenchmark(rounds, requests, await ReceiverProcess.StartAsync(1), await PostgresServer.StartAsync());
        if (only is "loop") await benchmark.MeasureAsync(new Yardstick("the loop once more", benchmark._loop, requests));
        if (only is "" or "outbox") await benchmark.MeasureOutboxAsync();
        if (only is "" or "scheduler") await benchmark.MeasureSchedulerAsync();
        return report.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private async Task MeasureOutboxAsync()
    {
        await using (var database = await PostgresDatabase.CreateAsync(_server))
        await using (var outbox = await OutboxSide.StartAsync(_urls, Concurrency, database.ConnectionString))
            await MeasureAsync(new Yardstick("outbox: published, sent, noted down", outbox, _requests));

        await using (var database = await PostgresDatabase.CreateAsync(_server))
        await using (var outbox = await OutboxDrainSide.StartAsync(_urls[0], Concurrency, database.ConnectionString))
            await MeasureAsync(new Yardstick("outbox: only sent and noted down", outbox, _requests, () => outbox.FillAsync(_requests)));
    }

    private async Task MeasureSchedulerAsync()
    {
        foreach (var clustered in (bool[])[false, true])
        {
            await using var database = await PostgresDatabase.CreateAsync(_server);
            await using var scheduler = await SchedulerSide.StartAsync(_urls, Concurrency, database.ConnectionString, clustered);
            await MeasureAsync(new Yardstick(clustered ? "scheduler, clustered" : "scheduler, one node", scheduler, _requests / 20));
        }
    }

    private async Task MeasureAsync(Yardstick yardstick)
    {
        const int warmUps = 2;
        var tree = new ProcessTree(_server.ProcessId);
        List<(Sample Loop, Sample Own)> samples = [];
        for (var round = -warmUps; round < _rounds; round++)
        {
            if (yardstick.PrepareAsync is { } prepareAsync) await prepareAsync();
            var loop = await Sample.TakeAsync(_loop, _receiver, _requests);
            var own = await Sample.TakeAsync(yardstick.Side, _receiver, yardstick.Requests, tree);
            if (round >= 0) samples.Add((loop, own));
        }

        Report.Note("\n" + yardstick.Name);
        Report.Row("  loop, requests/s", Spread.Of(samples.Select(s => s.Loop.Rate)).ToString("N0"));
        Report.Row("  requests/s", Spread.Of(samples.Select(s => s.Own.Rate)).ToString("N0"));
        Report.Row("  ratio of rates, to the loop's", Spread.Of(samples.Select(s => s.Own.Rate / s.Loop.Rate)).ToString("0.000"));
        Report.Row("  bytes allocated per request", Spread.Of(samples.Select(s => s.Own.Bytes)).ToString("N0"));
        Report.Row("  processor time per request, us", Spread.Of(samples.Select(s => s.Own.Processor)).ToString("0.0"));
        Report.Row("  PostgreSQL, processor time per request, us", Spread.Of(samples.Select(s => s.Own.Database)).ToString("0.0"));
        Report.Row("  receiver, processor time per request, us", Spread.Of(samples.Select(s => s.Own.Receiver)).ToString("0.0"));
    }
}
