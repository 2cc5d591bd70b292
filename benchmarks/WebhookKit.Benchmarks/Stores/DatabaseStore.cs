namespace WebhookKit.Benchmarks.Stores;

/// <summary>PostgreSQL in a database that is there before and afterwards.</summary>
internal sealed record DatabaseStore(string ConnectionString) : BenchStore("on PostgreSQL", Publishers: 512, LeastRatio: 0.50, MostBytes: null)
{
    public override void Configure(IWebhooksBuilder webhooks) => webhooks.UsePostgreSql(ConnectionString);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
