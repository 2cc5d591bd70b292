using System.Diagnostics;
using System.Threading.Channels;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>A process of tests/CrashNode, whose diary is read as it is written.</summary>
internal sealed class CrashNodeProcess : IAsyncDisposable
{
    /// <summary>For how long it may be silent: how much it has to do, and how fast, is up to the machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Ledger _ledger;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    private CrashNodeProcess(Process process, Ledger ledger, int run)
    {
        _process = process;
        _ledger = ledger;
        Run = run;
        _reading = ReadAsync();
    }

    /// <summary>Its number: the requests that it sends carry it.</summary>
    public int Run { get; }

    /// <summary>Starts one on a SQLite file that is to <c>publish</c>, <c>deliver</c>, or <c>finish</c>: the last ends by itself when nothing is pending.</summary>
    public static CrashNodeProcess Start(string mode, string database, Uri receiver, int run, Ledger ledger, int payloadBytes = 0, int pause = 0) => Start(
        ledger, run, ["--sqlite", database, "--receiver", receiver.ToString(), $"--{mode}", "true", "--payload", $"{payloadBytes}", "--pause", $"{pause}"]);

    /// <summary>Starts one with what else its command line takes.</summary>
    public static CrashNodeProcess Start(Ledger ledger, int run, IEnumerable<string> arguments)
    {
        var program = Path.Combine(RepositoryFolder.Path, "tests", "CrashNode", "bin", RepositoryFolder.Configuration, "net10.0", "CrashNode.dll");
        return new CrashNodeProcess(
            Process.Start(new ProcessStartInfo("dotnet", [program, "--run", $"{run}", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!,
            ledger,
            run);
    }

    /// <summary>Waits until it has written so many lines of a kind (its first letter).</summary>
    public async Task WhenWrittenAsync(char kind, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (count > 0)
        {
            if (!await WaitForLineAsync(kind, patience.Token)) throw new InvalidOperationException($"The node ended: {await _process.StandardError.ReadToEndAsync(patience.Token)}");
            while (count > 0 && _lines.Reader.TryRead(out var line)) count -= line[0] == kind ? 1 : 0;
            patience.CancelAfter(Patience);
        }
    }

    /// <summary>Kills it, at whatever it is doing, and reads what it had still written.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading.WaitAsync(Patience);
    }

    /// <summary>Asks it to end (SIGTERM), and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading.WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Stops it on the spot, as a machine that sleeps does, until it is resumed.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task<bool> WaitForLineAsync(char kind, CancellationToken patience)
    {
        try
        {
            return await _lines.Reader.WaitToReadAsync(patience);
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"Process {Run} does not write '{kind}'.", cause);
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _ledger.Note(Run, line);
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
