using System.Diagnostics;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>This program once more, in a process of its own that is asked line by line.</summary>
internal sealed class OwnProcess : IAsyncDisposable
{
    private readonly Process _process;

    private OwnProcess(Process process) => _process = process;

    /// <summary>Starts it with a command line and some settings of the runtime.</summary>
    public static OwnProcess Start(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment) => Start(arguments, environment, isAsked: true);

    /// <summary>Starts it with a command line; it is asked nothing, and what it says is seen on the console.</summary>
    public static OwnProcess StartVisible(IEnumerable<string> arguments) => Start(arguments, [], isAsked: false);

    private static OwnProcess Start(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, bool isAsked)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = isAsked,
        };

        // Started by the dotnet command, the program is that command's first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(OwnProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new OwnProcess(Process.Start(start)!);
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

    /// <summary>The memory that it has, in MiB.</summary>
    public double MiB
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public async Task<string> ReadAsync() => await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The other process has ended.");

    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        return await ReadAsync();
    }

    /// <summary>Sends it a signal, by its name without the first three letters.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>
    /// Waits for its end; one that takes longer is ended. Those that it has started end by themselves then, and clean up, once those that were paused
    /// go on.
    /// </summary>
    public async Task<bool> EndsWithinAsync(TimeSpan longest)
    {
        using var limit = new CancellationTokenSource(longest);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            using var kill = Process.Start("kill", ["-CONT", "0"]);
            await kill.WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }

    /// <summary>Ends its input, and so it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
