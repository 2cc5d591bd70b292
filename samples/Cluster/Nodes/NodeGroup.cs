namespace Cluster.Nodes;

/// <summary>The processes of the demonstration; none outlives it.</summary>
internal sealed class NodeGroup(string connectionString, string schema, Uri receiver) : IAsyncDisposable
{
    private readonly List<NodeProcess> _workers = [];
    private NodeProcess? _publisher;

    public IReadOnlyList<NodeProcess> Workers => _workers;

    public int Published => _publisher?.Published ?? 0;

    /// <summary>Starts the workers, the first alone: it makes the tables, so that there is something to look at.</summary>
    public async Task StartWorkersAsync(int count, CancellationToken stop)
    {
        for (var i = 1; i <= count; i++)
        {
            _workers.Add(Start($"node-{i}", isPublisher: false));
            if (i == 1) await _workers[0].WhenReadyAsync(stop);
        }

        foreach (var worker in _workers) await worker.WhenReadyAsync(stop);
    }

    public async Task StartPublisherAsync(CancellationToken stop)
    {
        _publisher = Start("publisher", isPublisher: true);
        await _publisher.WhenReadyAsync(stop);
    }

    public Task StopPublisherAsync() => _publisher!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_publisher is not null) await _publisher.DisposeAsync();
        await Task.WhenAll(_workers.Select(worker => worker.DisposeAsync().AsTask()));
    }

    private NodeProcess Start(string name, bool isPublisher) => NodeProcess.Start(new NodeSettings(name, isPublisher, connectionString, schema, receiver));
}
