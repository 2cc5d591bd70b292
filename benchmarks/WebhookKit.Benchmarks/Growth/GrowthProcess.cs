using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>One of the two processes, as a small service runs it: with a bound for the heap, as a container's limit sets one too.</summary>
internal sealed class GrowthProcess : IAsyncDisposable
{
    private const int HeapMiB = 176;
    private const double MostOpen = 0.99;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly OwnProcess _process;

    private GrowthProcess(OwnProcess process, int endpoints) => (_process, Endpoints) = (process, endpoints);

    public int Endpoints { get; }

    /// <summary>Starts it.</summary>
    /// <param name="store">What it keeps everything in.</param>
    /// <param name="receiver">Where its requests go.</param>
    /// <param name="endpoints">To how many endpoints there.</param>
    /// <param name="isBounded">Whether the heap has its bound: what is kept in memory needs more.</param>
    public static async Task<GrowthProcess> StartAsync(string[] store, ReceiverProcess receiver, int endpoints, bool isBounded = true)
    {
        string[] arguments =
        [
            GrowthSide.Command, .. store, "--url", receiver.Url(0, "hook").ToString(), "--endpoints", endpoints.ToString(CultureInfo.InvariantCulture),
        ];
        (string, string)[] bound = isBounded ? [("DOTNET_GCHeapHardLimit", (HeapMiB << 20).ToString("X", CultureInfo.InvariantCulture))] : [];
        var process = OwnProcess.Start(arguments, [("DOTNET_gcServer", "0"), .. bound]);
        await process.ReadAsync();
        return new GrowthProcess(process, endpoints);
    }

    /// <summary>Has it send until it is warm.</summary>
    /// <returns>How many rounds of so many requests that took.</returns>
    public async Task<int> WarmUpAsync(int requests, Settings settings)
    {
        var seconds = settings.Get("warm-up-seconds", 60);
        var answer = await _process.AskAsync(string.Create(CultureInfo.InvariantCulture, $"{GrowthSide.WarmUp} --requests {requests} --warm-up-seconds {seconds}"));
        return int.Parse(answer, CultureInfo.InvariantCulture);
    }

    /// <summary>From here on the rounds count.</summary>
    public Task BeginAsync() => _process.AskAsync(GrowthSide.Begin);

    public async Task<GrowthRound> SendAsync(int requests)
    {
        var answer = await _process.AskAsync(requests.ToString(CultureInfo.InvariantCulture));
        double[] figures = [.. answer.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        return new GrowthRound(figures[0], figures[1], figures[2], figures[3]);
    }

    /// <summary>Waits until the dead endpoints are left in peace: what the process does once, when it has started, is over then.</summary>
    public async Task WhenOpenAsync(int dead)
    {
        var began = Stopwatch.GetTimestamp();
        for (var open = 0; open < dead * MostOpen; open = await CountBreakersAsync())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"Of {dead} dead endpoints, only {open} are behind an open breaker.");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Lets it do nothing at all for a while.</summary>
    public async Task PauseAsync()
    {
        await _process.AskAsync(GrowthSide.Pause);
        await _process.SignalAsync("STOP");
    }

    public async Task ResumeAsync()
    {
        await _process.SignalAsync("CONT");
        await _process.AskAsync(GrowthSide.Resume);
    }

    public async ValueTask DisposeAsync()
    {
        // It cannot end while it is paused.
        await _process.SignalAsync("CONT");
        await _process.DisposeAsync();
    }

    /// <summary>How many endpoints are behind an open breaker.</summary>
    private async Task<int> CountBreakersAsync() => int.Parse(await _process.AskAsync(GrowthSide.Breakers), CultureInfo.InvariantCulture);
}
