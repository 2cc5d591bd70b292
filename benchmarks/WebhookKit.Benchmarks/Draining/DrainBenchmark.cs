using System.Diagnostics;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Draining;

/// <summary>How long a host without background work takes to deliver what has gathered for ten endpoints, read from the store.</summary>
internal static class DrainBenchmark
{
    private const int Concurrency = 64;
    private const int Endpoints = 10;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(Settings settings)
    {
        var events = settings.Get("events", 10_000);
        await using var receiver = await ReceiverProcess.StartAsync(1);
        await using var store = await BenchStore.CreateAsync(settings);
        var report = new Report($"Draining, {store.Name}: {events:N0} deliveries that are pending");
        using var loop = new LoopSide([receiver.Url(0, "hook")], Concurrency);
        await using var host = await EngineHost.StartAsync(
            o =>
            {
                o.Dispatch = false;
                o.MaxConcurrency = Concurrency;
            },
            store.Configure);
        for (var i = 0; i < Endpoints; i++)
            await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url(0, "hook"), EventTypes = [EngineSide.EventType(i)] });

        List<(double Drain, double Loop)> seconds = [];
        var rounds = await Rounds.RunAsync(settings, settings.Get("rounds", 5), async round =>
        {
            var taken = await TakeTurnsAsync(host, loop, events);
            if (round >= 0) seconds.Add(taken);
        });
        report.Add("time, s", Spread.Of(seconds.Select(s => s.Drain)), "0.00", key: "seconds");
        report.Add("deliveries per second", Spread.Of(seconds.Select(s => events / s.Drain)), "N0");
        report.Add("ratio of rates, drain / loop", Spread.Of(seconds.Select(s => s.Loop / s.Drain)), "0.00", key: "ratio");
        rounds.AddTo(report);
        return report.ExitCode;
    }

    private static async Task<(double Drain, double Loop)> TakeTurnsAsync(EngineHost host, LoopSide loop, int events)
    {
        var began = Stopwatch.GetTimestamp();
        await loop.SendAsync(events);
        var ofLoop = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await PublishAsync(host, events);
        return (await DrainAsync(host), ofLoop);
    }

    private static async Task PublishAsync(EngineHost host, int events)
    {
        for (var i = 0; i < Endpoints; i++)
        {
            var type = EngineSide.EventType(i);
            await host.Publisher.PublishManyAsync(type, Enumerable.Repeat(Payload.For(type), events / Endpoints));
        }
    }

    private static async Task<double> DrainAsync(EngineHost host)
    {
        var began = Stopwatch.GetTimestamp();
        var result = await host.Services.GetRequiredService<IWebhookDeliveries>().DrainAsync(Deadline);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return result.IsIdle && await host.CountPendingAsync() == 0 ? seconds : throw new InvalidOperationException("It did not drain everything.");
    }
}
