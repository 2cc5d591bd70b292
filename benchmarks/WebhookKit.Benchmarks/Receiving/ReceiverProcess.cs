using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace WebhookKit.Benchmarks.Receiving;

/// <summary>A receiver in a process of its own, so that its cost is nobody's advantage.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    public const string Command = "receiver";

    private readonly Process _process;

    private ReceiverProcess(Process process, int[] ports) => (_process, Ports) = (process, ports);

    public int[] Ports { get; }

    public static async Task<ReceiverProcess> StartAsync(int ports)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // Started by the dotnet command, the program is that command's first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ReceiverProcess).Assembly.Location);
        foreach (var argument in (string[])[Command, "--ports", ports.ToString(CultureInfo.InvariantCulture)]) start.ArgumentList.Add(argument);

        // Answers where the request arrives, without a change of thread.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        start.Environment["DOTNET_gcServer"] = "0";

        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The receiver's process ended at once.");
        return new ReceiverProcess(process, [.. line.Split(' ').Select(p => int.Parse(p, NumberStyles.None, CultureInfo.InvariantCulture))]);
    }

    /// <summary>The processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public Uri Url(int port, string path) => new($"http://127.0.0.1:{Ports[port]}/{path}");

    public Task ResetAsync() => AskAsync("reset");

    public async Task<ReceiverFigures> SumAsync(int endpoints) =>
        JsonSerializer.Deserialize<ReceiverFigures>(await AskAsync(endpoints.ToString(CultureInfo.InvariantCulture)))!;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        return await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The receiver's process has ended.");
    }
}
