namespace WebhookKit.Benchmarks.Isolation;

/// <summary>A few publishers that publish to all endpoints in turn, as long as the healthy ones keep up.</summary>
internal sealed class FullLoad : ILoad
{
    private const int Publishers = 4;
    private const int MaxBehind = 4_000;

    private long _rounds;

    public Task RunAsync(EngineHost host, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(() => PublishAsync(host, stop), CancellationToken.None)));

    private async Task PublishAsync(EngineHost host, CancellationToken stop)
    {
        var delivered = host.Services.GetServices<IWebhookObserver>().OfType<DeliveredCounter>().Single();
        while (!stop.IsCancellationRequested)
        {
            if (Interlocked.Read(ref _rounds) * Endpoints.Healthy - delivered.Count >= MaxBehind)
            {
                await Task.Delay(1, CancellationToken.None);
                continue;
            }

            Interlocked.Increment(ref _rounds);
            foreach (var type in Endpoints.EventTypes) await host.Publisher.PublishAsync(type, Tick.Now(), cancellationToken: CancellationToken.None);
        }
    }
}
