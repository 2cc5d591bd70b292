using System.Diagnostics;

namespace WebhookKit.FunctionalTests.Interop;

/// <summary>A process of Node that verifies webhooks with the libraries of others: tests/interop.</summary>
internal sealed class NodeReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly int _port;

    private NodeReceiver(Process process, int port)
    {
        _process = process;
        _port = port;
    }

    /// <summary>Starts it. Without Node, or without its packages, the test is skipped; in CI it fails.</summary>
    public static async Task<NodeReceiver> StartAsync()
    {
        var folder = FindFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) Miss("Its packages are not installed: run ./test.sh, or `npm ci` in tests/interop.");
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("node", "receiver.mjs")
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Miss("Node is not installed: ./test.sh installs it where it may.");
            throw;
        }

        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException("The receiver in Node did not start.");
        return new NodeReceiver(process, int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Where a library verifies with a secret.</summary>
    public Uri Url(string library, string secret) => new($"http://127.0.0.1:{_port}/{library}/{Uri.EscapeDataString(secret)}");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    private static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) Assert.Fail(reason);
        Assert.Ignore(reason);
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
