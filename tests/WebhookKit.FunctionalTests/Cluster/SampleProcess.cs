using System.Diagnostics;
using System.Text;
using WebhookKit.FunctionalTests.Durable;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>The sample, run as a user runs it, with a folder for temporary files by which all that it starts can be told.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string Program = Path.Combine(RepositoryFolder.Path, "samples", "Cluster", "bin", RepositoryFolder.Configuration, "net10.0", "Cluster.dll");

    private readonly TempFolder _folder = new();
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    public SampleProcess(params string[] args)
    {
        // As /tmp is: PostgreSQL runs as somebody else where the tests run as root, and removes its files itself.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Folder, (UnixFileMode)0b1_111_111_111);
        var start = SampleStart.Of(Program, args);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["TMPDIR"] = Folder;
        _process = Process.Start(start)!;
    }

    public string Output => _output.ToString();

    private string Folder => _folder.PathOf("");

    /// <summary>Reads its output up to a line with some words in it, or to its end.</summary>
    public async Task ReadToAsync(string? words = null)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            _output.Append(line).Append('\n');
            if (words is not null && line.Contains(words, StringComparison.Ordinal)) return;
        }

        if (words is not null) Assert.Fail($"It has ended before it said '{words}': {Output}{await _process.StandardError.ReadToEndAsync()}");
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <returns>Its exit code, and what it wrote about errors.</returns>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        var errors = await _process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, errors);
    }

    /// <summary>The files and processes that it has left behind.</summary>
    public IReadOnlyList<string> FindLeftovers() =>
    [
        .. Directory.EnumerateFileSystemEntries(Folder).Where(e => Path.GetFileName(e).StartsWith("webhookkit", StringComparison.Ordinal)),
        .. Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc").Where(IsOfThis) : [],
    ];

    /// <summary>What everybody on this machine can see of its processes.</summary>
    public IReadOnlyList<string> ListCommandLines() =>
        [.. FindLeftovers().Where(l => l.StartsWith("/proc/", StringComparison.Ordinal)).Select(process => File.ReadAllText(Path.Combine(process, "cmdline")))];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Eventually.BecomesTrueAsync(() => FindLeftovers().Count == 0, "nothing is left");
        _folder.Dispose();
    }

    private bool IsOfThis(string process)
    {
        try
        {
            return int.TryParse(Path.GetFileName(process), out _) && File.ReadAllText(Path.Combine(process, "environ")).Contains($"TMPDIR={Folder}", StringComparison.Ordinal);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is somebody else's.
            return false;
        }
    }
}
