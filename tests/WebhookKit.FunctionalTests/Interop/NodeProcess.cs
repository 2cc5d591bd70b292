using System.Diagnostics;
using System.Globalization;

namespace WebhookKit.FunctionalTests.Interop;

/// <summary>A script of tests/interop, run by Node, that listens on a port until it is disposed.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private NodeProcess(Process process, int port) => (_process, Port) = (process, port);

    public static string Folder { get; } = FindFolder();

    public int Port { get; }

    /// <summary>Starts it. Without Node the test is skipped; in CI it fails.</summary>
    /// <param name="script">The script, which says on its first line where it listens.</param>
    /// <param name="input">A line that it reads before.</param>
    public static async Task<NodeProcess> StartAsync(string script, string? input = null)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("node", script)
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Miss("Node is not installed: ./test.sh installs it where it may.");
            throw;
        }

        if (input is not null) await process.StandardInput.WriteLineAsync(input);
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException($"{script} did not start.");
        return new NodeProcess(process, int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    public static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) Assert.Fail(reason);
        Assert.Ignore(reason);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WebhookKit.sln"))) return Path.Combine(folder.FullName, "tests", "interop");
        }

        throw new InvalidOperationException($"There is no WebhookKit.sln above {AppContext.BaseDirectory}. Run the tests from a build inside the repository.");
    }
}
