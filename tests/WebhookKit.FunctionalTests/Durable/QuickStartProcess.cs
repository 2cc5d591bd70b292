using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>The sample, run as a user runs it: in a process of its own.</summary>
internal sealed partial class QuickStartProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string Program = Path.Combine(RepositoryFolder.Path, "samples", "QuickStart", "bin", RepositoryFolder.Configuration, "net10.0", "QuickStart.dll");

    private readonly Process _process;

    private QuickStartProcess(Process process) => _process = process;

    /// <summary>Runs it to its end.</summary>
    public static async Task<QuickStartResult> RunAsync(IEnumerable<string> input, params string[] args)
    {
        using var sample = Start(args);
        try
        {
            await sample.WriteAsync(input);
            sample._process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has refused to start, and does not read.
        }

        return await sample.EndAsync();
    }

    /// <summary>Starts it. While its standard input is open, <c>-</c> keeps it running.</summary>
    public static QuickStartProcess Start(params string[] args)
    {
        var start = SampleStart.Of(Program, args);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return new QuickStartProcess(Process.Start(start)!);
    }

    public async Task WriteAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines) await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until its progress says that as many deliveries have arrived.</summary>
    public async Task ArrivedAsync(int deliveries)
    {
        while (await _process.StandardError.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (Arrived().Match(line) is { Success: true } match && int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) >= deliveries) return;
        }

        Assert.Fail($"It has ended before {deliveries} deliveries had arrived.");
    }

    /// <summary>Ends it from one moment to the next (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Asks it to end, as the terminal does for Ctrl+C.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
    }

    public async Task<QuickStartResult> EndAsync()
    {
        var (output, errors) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return new QuickStartResult(_process.ExitCode, await output, await errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"verified deliveries (\d+)")]
    private static partial Regex Arrived();
}
