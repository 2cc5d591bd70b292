namespace WebhookKit.Benchmarks.Isolation;

/// <summary>A way of publishing to the ten endpoints.</summary>
internal interface ILoad
{
    /// <summary>Publishes until it is stopped.</summary>
    Task RunAsync(EngineHost host, CancellationToken stop);
}
