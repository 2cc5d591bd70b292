using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Tests.Storage.Sqlite;

namespace WebhookKit.Tests.FanOut;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteFanOutTests : FanOutTests, IDisposable
{
    private const int RowBytes = 1_000;
    private const int FixedBytes = 300_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task Stored_ForMany_DataIsInTheFileOnce()
    {
        await StoreAsync();
        Assert.That(Read("SELECT sum(pending) FROM webhook_run_state"), Is.EqualTo(Subscriptions));
        Assert.That(Read($"SELECT count(*) FROM webhook_event WHERE length(data) > {DataBytes}"), Is.EqualTo(1));

        // Of everything that the file holds, whichever column it stood in. The last connection has put its log into the file.
        Assert.That(new FileInfo(_folder.Database).Length, Is.LessThan((2 * DataBytes) + FixedBytes + (Subscriptions * RowBytes)).And.GreaterThan(DataBytes));
    }

    protected override void Configure(IWebhooksBuilder webhooks) => webhooks.UseSqlite(_folder.ConnectionString);

    private long Read(string sql)
    {
        using var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
