using System.Diagnostics;
using System.Globalization;

namespace Cluster.Nodes;

/// <summary>A process of the cluster, seen from the demonstration.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>The first argument of a process that is one.</summary>
    public const string Mode = "node";

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private int _published;

    private NodeProcess(string name, Process process)
    {
        Name = name;
        _process = process;
        _reading = ReadAsync();
    }

    public string Name { get; }

    public bool IsKilled { get; private set; }

    /// <summary>How many events it says that it has published.</summary>
    public int Published => Volatile.Read(ref _published);

    public static NodeProcess Start(NodeSettings settings)
    {
        // Either the sample's own executable, or dotnet, which is given the sample's assembly.
        var program = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(NodeProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. assembly, Mode, .. settings.ToArguments()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        settings.AddTo(start.Environment);
        return new NodeProcess(settings.Name, Process.Start(start)!);
    }

    public Task WhenReadyAsync(CancellationToken stop) => _ready.Task.WaitAsync(stop);

    /// <summary>Ends it from one moment to the next (SIGKILL).</summary>
    public void Kill()
    {
        IsKilled = true;
        _process.Kill();
    }

    /// <summary>Lets it end by itself, and waits until it has.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await StopAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready") _ready.TrySetResult();
            else if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var published)) Volatile.Write(ref _published, published);
        }

        _ready.TrySetException(new InvalidOperationException($"{Name} has ended. What it wrote stands above."));
    }
}
