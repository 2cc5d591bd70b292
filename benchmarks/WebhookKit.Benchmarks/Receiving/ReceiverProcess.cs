using System.Globalization;
using System.Text.Json;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Receiving;

/// <summary>A receiver in a process of its own, so that its cost is nobody's advantage.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    public const string Command = "raw-receiver";

    private readonly OwnProcess _process;

    private ReceiverProcess(OwnProcess process, int[] ports) => (_process, Ports) = (process, ports);

    public int[] Ports { get; }

    public static async Task<ReceiverProcess> StartAsync(int ports)
    {
        // Answers where the request arrives, without a change of thread.
        var process = OwnProcess.Start(
            [Command, "--ports", ports.ToString(CultureInfo.InvariantCulture)],
            [("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"), ("DOTNET_gcServer", "0")]);
        var line = await process.ReadAsync();
        return new ReceiverProcess(process, [.. line.Split(' ').Select(p => int.Parse(p, NumberStyles.None, CultureInfo.InvariantCulture))]);
    }

    /// <summary>The processor time that it has used.</summary>
    public TimeSpan ProcessorTime => _process.ProcessorTime;

    public Uri Url(int port, string path) => new($"http://127.0.0.1:{Ports[port]}/{path}");

    public Task ResetAsync() => _process.AskAsync("reset");

    public async Task<ReceiverFigures> SumAsync(int endpoints) =>
        JsonSerializer.Deserialize<ReceiverFigures>(await _process.AskAsync(endpoints.ToString(CultureInfo.InvariantCulture)))!;

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
