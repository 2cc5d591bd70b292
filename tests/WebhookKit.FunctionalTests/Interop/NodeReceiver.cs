namespace WebhookKit.FunctionalTests.Interop;

/// <summary>A process of Node that verifies webhooks with the libraries of others: tests/interop.</summary>
internal sealed class NodeReceiver : IAsyncDisposable
{
    private readonly NodeProcess _process;

    private NodeReceiver(NodeProcess process) => _process = process;

    /// <summary>Starts it. Without Node, or without its packages, the test is skipped; in CI it fails.</summary>
    public static async Task<NodeReceiver> StartAsync()
    {
        if (!Directory.Exists(Path.Combine(NodeProcess.Folder, "node_modules"))) NodeProcess.Miss("Its packages are not installed: run ./test.sh, or `npm ci` in tests/interop.");
        return new NodeReceiver(await NodeProcess.StartAsync("receiver.mjs"));
    }

    /// <summary>Where a library verifies with a secret.</summary>
    public Uri Url(string library, string secret) => new($"http://127.0.0.1:{_process.Port}/{library}/{Uri.EscapeDataString(secret)}");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
