using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Stores;

/// <summary>PostgreSQL in a database that is there before and afterwards.</summary>
internal record DatabaseStore(string ConnectionString) : BenchStore("on PostgreSQL", Publishers: 512, LeastRatio: 0.50, MostBytes: null)
{
    /// <summary>What so many statements have stored is kept: a table that has become empty is another case.</summary>
    private const int KeptGroups = 32;

    private static readonly string[] HistoryTables = ["webhook_delivery", "webhook_run", "webhook_event"];

    public override Task<BenchStore> CreateAnotherAsync() => throw new NotSupportedException("Whoever made this database has to make the other one too.");

    /// <summary>
    /// As where retention has run for a while: rows go where others were. Otherwise each round would make its tables larger, which a store that is in use seldom
    /// does, and have the server touch more of its memory for the first time.
    /// </summary>
    public override Task RemoveHistoryAsync() => PostgresSql.ExecuteEachAsync(
        ConnectionString,
        [
            // By the groups of event numbers: the newest are kept.
            $"DELETE FROM webhooks.webhook_run WHERE event_group < (SELECT max(seq) FROM webhooks.webhook_event) / 512 - {KeptGroups}",
            $"DELETE FROM webhooks.webhook_delivery WHERE event_seq < (SELECT max(seq) FROM webhooks.webhook_event) - 512 * {KeptGroups}",
            $"DELETE FROM webhooks.webhook_event WHERE seq < (SELECT max(seq) FROM webhooks.webhook_event) - 512 * {KeptGroups}",
            .. HistoryTables.Select(t => $"VACUUM (ANALYZE, TRUNCATE FALSE) webhooks.{t}"),
        ]);

    public override void Configure(IWebhooksBuilder webhooks) => webhooks.UsePostgreSql(ConnectionString);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
