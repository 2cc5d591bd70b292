using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>
/// One process for each size of something that grows. They take turns with each other and with the plain loop, each paused while it is not its
/// turn: what a delivery costs at one size is held against what it costs at the smallest in the same round.
/// </summary>
internal sealed class Steps : IAsyncDisposable
{
    private const double MostCost = 1.10;
    private const int Concurrency = 64;

    /// <summary>Each is warm before: what is new to it then are the others.</summary>
    private const int WarmTurns = 1;

    private readonly List<(int Size, GrowthProcess Process, int Dead)> _steps = [];

    /// <summary>Adds the next size, with its process and with how many of its endpoints are dead.</summary>
    public void Add(int size, GrowthProcess process, int dead) => _steps.Add((size, process, dead));

    /// <summary>Measures them.</summary>
    /// <param name="report">What they came to.</param>
    /// <param name="receiver">Where the loop's requests go.</param>
    /// <param name="settings">How often, and how much.</param>
    /// <param name="what">What grows.</param>
    /// <param name="mostMiB">The most memory of the largest; null where nothing is asked of it.</param>
    public async Task CompareAsync(Report report, ReceiverProcess receiver, Settings settings, string what, double? mostMiB)
    {
        var rounds = settings.Get("rounds", 7);
        foreach (var (_, process, dead) in _steps) await process.WhenOpenAsync(dead);
        var requests = Math.Max(await Pace.CountAsync(settings, receiver, 30_000), FewestFor(rounds));
        using var loop = new LoopSide([receiver.Url(0, "hook")], Concurrency);
        await Rounds.WarmUpAsync(settings, _ => loop.SendAsync(requests));

        // All at once: how long they take does not count yet.
        var warmUps = await Task.WhenAll(_steps.Select(s => s.Process.WarmUpAsync(requests, settings)));
        foreach (var (_, process, _) in _steps) await process.PauseAsync();
        List<double[]> costs = [];
        var last = new GrowthRound[_steps.Count];
        for (var round = -WarmTurns; round < rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await loop.SendAsync(requests);
            var rate = requests / Stopwatch.GetElapsedTime(began).TotalSeconds;
            var ofRound = new double[_steps.Count];
            for (var turn = 0; turn < _steps.Count; turn++)
            {
                var i = round % 2 == 0 ? turn : _steps.Count - 1 - turn;
                var process = _steps[i].Process;
                await process.ResumeAsync();
                if (round == 0) await process.BeginAsync();
                last[i] = await process.SendAsync(requests);
                await process.PauseAsync();
                ofRound[i] = rate / last[i].Rate;
            }

            if (round >= 0) costs.Add(ofRound);
        }

        for (var i = 0; i < _steps.Count; i++)
        {
            var (step, size) = (i, _steps[i].Size);
            report.Group(string.Create(CultureInfo.InvariantCulture, $"{size:N0} {what}"));
            report.Add(
                $"cost of a delivery, relative to that with {_steps[0].Size.ToString("N0", CultureInfo.InvariantCulture)}", Spread.Of(costs.Select(c => c[step] / c[0])), "0.00",
                i == 0 ? null : Target.AtMost(MostCost), "cost", size);
            report.Add("a delivery costs so many requests of the plain loop", Spread.Of(costs.Select(c => c[step])), "0.00");
            report.Add(
                "most memory of the process, MiB", Spread.Of([last[i].MiB]), "0", mostMiB is { } most && i == _steps.Count - 1 ? Target.AtMost(most, "0") : null);
            report.Add("endpoints that deliveries went to in the rounds that count", Spread.Of([last[i].Used]), "N0");
            report.Add("rounds of warm-up", Spread.Of([warmUps[i]]), "0");
            report.Add("methods compiled in the rounds that count", Spread.Of([last[i].Compiled]), "0");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process, _) in _steps) await process.DisposeAsync();
    }

    /// <summary>So many requests a round that each endpoint of the largest has one in the rounds that count.</summary>
    private int FewestFor(int rounds) => (_steps.Max(s => s.Process.Endpoints) + rounds - 1) / rounds;
}
