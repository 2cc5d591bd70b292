using System.Net;
using System.Net.Sockets;
using Npgsql;
using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Schema;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>What cannot be used is refused at the start, with one text that names the database and the fix.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlRefusalTests : PostgreSqlFixture
{
    [Test]
    public async Task Initialize_NoServer_IsRefused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        await AssertRefusedAsync($"Host=127.0.0.1;Port={port};Database=app;Username=app", $"The webhook database 'app' on 127.0.0.1:{port} cannot be reached", "Start the server, or correct Host and Port");
    }

    [Test]
    public async Task Initialize_NoSuchDatabase_IsRefused() =>
        await AssertRefusedAsync(With(c => c.Database = "nowhere"), "The webhook database 'nowhere'", "does not exist. Create it (CREATE DATABASE \"nowhere\")");

    [Test]
    public async Task Initialize_WrongPassword_IsRefusedWithoutShowingIt()
    {
        PostgresTests.RequireOwn();
        await using var server = await PostgresServer.StartAsync(new PostgresOptions { Password = "right", Fsync = false });
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "hunter2" }.ConnectionString;

        var refusal = await AssertRefusedAsync(wrong, "does not let the user 'postgres' in", "Correct the user name and the password");
        Assert.That(refusal.ToString(), Does.Not.Contain("hunter2"));
    }

    [TestCase("9.6.24", true)]
    [TestCase("12.22", true)]
    [TestCase("13.0", false)]
    [TestCase("18.1", false)]
    public void CheckVersion_OlderThan13_IsRefused(string server, bool isRefused)
    {
        void Check() => Migrations.CheckVersion(Version.Parse(server), new StoreFaults("Host=db;Database=app", "webhooks"));
        if (!isRefused) Assert.DoesNotThrow(Check);
        else Assert.That(Check, Throws.TypeOf<WebhookStoreException>().With.Message.Contains($"runs on PostgreSQL {server}, which is too old. Use PostgreSQL 13 or newer."));
    }

    [Test]
    public async Task Initialize_MissingRights_IsRefusedWithWhatToGrant()
    {
        var role = $"role_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {role} LOGIN");
        try
        {
            await AssertRefusedAsync(With(c => c.Username = role), $"does not give the user '{role}' the rights", "GRANT CREATE ON DATABASE");
        }
        finally
        {
            await ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Test]
    public async Task Initialize_MadeByANewerLibrary_IsRefused()
    {
        await using (var store = CreateStore()) await store.InitializeAsync(default);
        await ExecuteAsync($"UPDATE {Schema.Name}.webhook_info SET schema_version = 99");

        await AssertRefusedAsync(Schema.ConnectionString, "its tables have version 99", "Update the package WebhookKit.PostgreSql");
    }

    [Test]
    public async Task Initialize_TablesOfSomebodyElse_IsRefused()
    {
        await ExecuteAsync($"CREATE SCHEMA {Schema.Name}; CREATE TABLE {Schema.Name}.webhook_event (x integer)");

        await AssertRefusedAsync(Schema.ConnectionString, "has tables in the schema", "that this library did not make: webhook_event.", "Name another schema");
    }

    [Test]
    public async Task Initialize_OtherEncoding_IsRefused()
    {
        var name = $"latin_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
        try
        {
            await AssertRefusedAsync(With(c => c.Database = name), "has the encoding LATIN1", "UTF8");
        }
        finally
        {
            await ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
        }
    }

    [Test]
    public async Task Initialize_MayNotMigrateAndNothingIsThere_IsRefusedWithTheScript()
    {
        await using var store = CreateStore(o => o.Migrate = false);

        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () => await store.InitializeAsync(default));
        Assert.That(refusal!.Message, Does.Contain("has no tables for webhooks").And.Contain($"PostgreSqlSchema.CreateScript(\"{Schema.Name}\", fromVersion: 0)"));
    }

    [Test]
    public async Task Initialize_ReadOnly_IsRefused() => await AssertRefusedAsync(
        With(c => c.Options = "-c default_transaction_read_only=on"), "is read-only: it is a standby, perhaps after a fail-over", "Target Session Attributes=read-write");

    [Test]
    public async Task Initialize_ReadOnlyWithItsTables_IsRefused()
    {
        await using (var store = CreateStore()) await store.InitializeAsync(default);

        await AssertRefusedAsync(
            With(c => c.Options = "-c default_transaction_read_only=on"), "is read-only: it is a standby, perhaps after a fail-over", "Target Session Attributes=read-write");
    }

    [Test]
    public async Task Initialize_SeveralHostsAway_NamesEachOnce() =>
        await AssertRefusedAsync("Host=127.0.0.1,127.0.0.2:3;Port=2;Database=app;Username=app", "The webhook database 'app' on 127.0.0.1:2,127.0.0.2:3 cannot be reached");

    [TestCase("", "names no host")]
    [TestCase("Data Source=webhooks.db;Nonsense=1", "is not one for PostgreSQL")]
    [TestCase("Host=db;Port=secret", "is not one for PostgreSQL")]
    public void Constructor_OtherConnectionString_IsRefusedWithoutShowingIt(string connectionString, string expected)
    {
        var fault = PostgreSqlStoreOptionsValidator.FindFaults(new PostgreSqlStoreOptions { ConnectionString = connectionString }).Single();
        Assert.That(fault, Does.Contain(expected).And.Contain("Use one such as"));
    }

    [TestCase("Host=db;Target Session Attributes=read-write", "Name several hosts")]
    [TestCase("Host=db;Target Session Attributes=somewhere", "is not one for PostgreSQL")]
    [TestCase("Host=a,b;Target Session Attributes=read-write", null)]
    [TestCase("Host=db;Target Session Attributes=any", null)]
    public void FindFaults_TargetSessionAttributes_NeedSeveralHosts(string connectionString, string? expected)
    {
        string[] faults = [.. PostgreSqlStoreOptionsValidator.FindFaults(new PostgreSqlStoreOptions { ConnectionString = connectionString })];
        Assert.That(faults, expected is null ? Is.Empty : Has.One.Contains(expected));
    }

    [TestCase("")]
    [TestCase("Host=db;Nonsense=1")]
    [TestCase("Host=db;Target Session Attributes=primary")]
    public void FindFaults_ListenConnectionString_IsCheckedWithTheRest(string connectionString)
    {
        string[] faults = [.. PostgreSqlStoreOptionsValidator.FindFaults(new PostgreSqlStoreOptions { ConnectionString = "", ListenConnectionString = connectionString })];
        Assert.That(faults, Has.Exactly(2).Items);
        Assert.That(faults[1], Does.StartWith("PostgreSqlStoreOptions.ListenConnectionString "));
    }

    [Test]
    public void FindFaults_Everything_NamesEachWithItsFix()
    {
        var faults = PostgreSqlStoreOptionsValidator.FindFaults(new PostgreSqlStoreOptions
        {
            ConnectionString = "Host=db",
            Schema = "pg_mine",
            PartitionCount = 0,
            CommandTimeout = TimeSpan.Zero,
            PublishPatience = TimeSpan.FromDays(1),
        });

        Assert.That(faults, Has.Exactly(4).Items.And.All.Contain("Use "));
    }

    private string With(Action<NpgsqlConnectionStringBuilder> change)
    {
        var parts = new NpgsqlConnectionStringBuilder(Schema.ConnectionString) { Pooling = false };
        change(parts);
        return parts.ConnectionString;
    }

    private async Task<WebhookStoreException> AssertRefusedAsync(string connectionString, params string[] expected)
    {
        await using var store = CreateStore(o => o.ConnectionString = connectionString);
        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () => await store.InitializeAsync(default));
        foreach (var text in expected) Assert.That(refusal!.Message, Does.Contain(text));
        return refusal!;
    }
}
