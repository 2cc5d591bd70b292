using Microsoft.Data.Sqlite;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>A host whose database cannot be used when it starts.</summary>
public sealed class UnusableFileTests
{
    [Test]
    public async Task Start_ReadOnlyFile_IsRefusedWithTheFix()
    {
        using var disk = SmallDisk.Mount();
        var file = disk.PathOf("webhooks.db");
        await using (await TestHost.StartAsync(webhooks => webhooks.UseSqlite($"Data Source={file}")))
        {
            // The tables are made.
        }

        disk.MakeReadOnly();
        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(() => TestHost.StartAsync(webhooks => webhooks.UseSqlite($"Data Source={file}")));
        Assert.That(refusal!.Message, Does.Contain(file).And.Contains("Let the user that this process runs as"));
    }

    [Test]
    public async Task Start_LockedFileButStartWithoutStore_StartsAndWorksOnceItIsFree()
    {
        using var folder = new TempFolder();
        using var connection = new SqliteConnection($"Data Source={folder.Database};Pooling=False");
        connection.Open();
        Execute(connection, "CREATE TABLE orders (id); BEGIN EXCLUSIVE");

        await using var host = await TestHost.StartAsync(
            webhooks => webhooks.UseSqlite($"Data Source={folder.Database}", o => o.BusyTimeout = TimeSpan.FromMilliseconds(20)),
            options => options.StartWithoutStore = true);
        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () => await host.Publisher.PublishAsync("order.created", new { id = 1 }));
        Assert.That(refusal!.Message, Does.Contain(folder.Database).And.Contains("locked"));

        Execute(connection, "COMMIT");
        Assert.That((await host.Publisher.PublishAsync("order.created", new { id = 1 })).IsDuplicate, Is.False);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
