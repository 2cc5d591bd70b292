using Microsoft.Data.Sqlite;
using NUnit.Framework;
using WebhookKit.Sqlite;

namespace WebhookKit.Tests.Storage.Sqlite;

/// <summary>What cannot be used is refused at the start, with one text that names the file and the fix.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteRefusalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task Initialize_DirectoryMissing_IsRefused()
    {
        var path = _folder.PathOf(Path.Combine("missing", "webhooks.db"));
        await AssertRefusedAsync($"Data Source={path}", $"The directory of the webhook database '{path}' does not exist. Create it");
    }

    [Test]
    public Task Initialize_Directory_IsRefused() => AssertRefusedAsync($"Data Source={_folder.PathOf("")}", "is a directory. Name a file in it");

    [TestCase("%PDF-1.7 and so on, and on, and on", "it begins with '%PDF-1.7 and so '")]
    [TestCase("\u0001\u0002\u0003", "is not a SQLite database: it begins with '...'")]
    public async Task Initialize_OtherKindOfFile_IsRefusedWithWhatWasFound(string content, string expected)
    {
        File.WriteAllText(_folder.Database, content);
        await AssertRefusedAsync(_folder.ConnectionString, expected, "Name another file in UseSqlite");
        Assert.That(File.ReadAllText(_folder.Database), Is.EqualTo(content), "Not to be touched.");
    }

    [Test]
    public async Task Initialize_Damaged_IsRefusedWithWhatWasFound()
    {
        using (var store = new SqliteWebhookStore(Options(), TimeProvider.System)) await store.InitializeAsync(default);
        using (var file = File.OpenWrite(_folder.Database))
        {
            file.Position = 2 * 4096;
            file.Write(Enumerable.Repeat((byte)0xa5, 3 * 4096).ToArray());
        }

        await AssertRefusedAsync(_folder.ConnectionString, "is damaged", "Restore it from a backup");
    }

    [Test]
    public async Task Initialize_TablesOfSomebodyElse_IsRefused()
    {
        Execute("CREATE TABLE webhook_event (x); CREATE TABLE orders (id)");
        await AssertRefusedAsync(_folder.ConnectionString, "has tables that this library did not make: webhook_event.", "rename these tables");
    }

    [Test]
    public async Task Initialize_MadeByANewerLibrary_IsRefused()
    {
        using (var store = new SqliteWebhookStore(Options(), TimeProvider.System)) await store.InitializeAsync(default);
        Execute("UPDATE webhook_info SET schema_version = 99");
        await AssertRefusedAsync(_folder.ConnectionString, "its tables have version 99", "Update the package");
    }

    [Test]
    public async Task Initialize_Locked_IsRefusedAfterTheBusyTimeout()
    {
        using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        connection.Open();
        Execute(connection, "CREATE TABLE orders (id); BEGIN EXCLUSIVE");

        var store = new SqliteWebhookStore(Options(o => o.BusyTimeout = TimeSpan.FromMilliseconds(50)), TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () => await store.InitializeAsync(default));
        Assert.That(refusal!.Message, Does.Contain(_folder.Database).And.Contain("has been locked by another connection for 0.1 s"));

        // Once it is free, the same store works.
        Execute(connection, "COMMIT");
        await Assert.DoesNotThrowAsync(async () => await store.InitializeAsync(default));
        store.Dispose();
    }

    [Test]
    public async Task Initialize_FileOfTheHost_LeavesItsTablesAlone()
    {
        Execute("CREATE TABLE orders (id); INSERT INTO orders VALUES (1); PRAGMA user_version = 7");
        using (var store = new SqliteWebhookStore(Options(), TimeProvider.System)) await store.InitializeAsync(default);

        using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM orders";
        Assert.That(command.ExecuteScalar(), Is.EqualTo(1));
        command.CommandText = "PRAGMA user_version";
        Assert.That(command.ExecuteScalar(), Is.EqualTo(7));
    }

    [TestCase("Data Source=:memory:", "database in memory")]
    [TestCase("Data Source=x;Mode=Memory;Cache=Shared", "database in memory")]
    [TestCase("Data Source=file:x?mode=memory", "database in memory")]
    [TestCase("", "names no file")]
    [TestCase("Data Source=x;Mode=ReadOnly", "read-only (Mode=ReadOnly)")]
    [TestCase("Host=localhost;Username=me;Password=hidden", "is not one for SQLite")]
    [TestCase("Server=.;Initial Catalog=x", "is not one for SQLite")]
    public void Options_OtherConnectionString_IsRefusedWithTheReason(string connectionString, string expected)
    {
        var fault = SqliteStoreOptionsValidator.FindFaults(new SqliteStoreOptions { ConnectionString = connectionString }).Single();
        Assert.That(fault, Does.Contain(expected).And.Not.Contain("hidden"));
    }

    [Test]
    public void Options_SeveralFaults_AreNamedAtOnce()
    {
        var options = new SqliteStoreOptions { ConnectionString = "Data Source=x", BusyTimeout = TimeSpan.FromSeconds(-1), PartitionCount = 0, Durability = (SqliteDurability)7 };
        Assert.That(SqliteStoreOptionsValidator.FindFaults(options), Has.Exactly(3).Contains("Use "));
    }

    [Test]
    public async Task Store_NotInitialized_SaysSo()
    {
        using var store = new SqliteWebhookStore(Options(), TimeProvider.System);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.GetDeliveryAsync(Guid.Empty, default));
    }

    private SqliteStoreOptions Options(Action<SqliteStoreOptions>? change = null)
    {
        var options = new SqliteStoreOptions { ConnectionString = _folder.ConnectionString };
        change?.Invoke(options);
        return options;
    }

    private static async Task AssertRefusedAsync(string connectionString, params string[] texts)
    {
        using var store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = connectionString }, TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () => await store.InitializeAsync(default));
        foreach (var text in texts) Assert.That(refusal!.Message, Does.Contain(text));
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        connection.Open();
        Execute(connection, sql);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
