using System.Diagnostics;
using Npgsql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>The server that other tests rely on.</summary>
public sealed class PostgresServerTests
{
    private static readonly PostgresOptions Fast = new() { Fsync = false };

    [OneTimeSetUp]
    public void RequirePostgres() => PostgresTests.RequireOwn();

    [Test]
    public async Task StopAndRestart_CommittedRow_IsThereAgain()
    {
        await using var server = await PostgresServer.StartAsync(Fast);
        await PostgresSql.ExecuteAsync(server.ConnectionString, "CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)");
        await using var open = new NpgsqlConnection(server.ConnectionString);
        await open.OpenAsync();

        await server.StopAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() => PostgresSql.ExecuteAsync(server.ConnectionString + ";Pooling=false", "SELECT 1"));
        await server.RestartAsync();

        Assert.That(await PostgresSql.ScalarAsync<int>(server.ConnectionString + ";Pooling=false", "SELECT id FROM orders"), Is.EqualTo(42));
        await Assert.ThrowsAsync<NpgsqlException>(() => new NpgsqlCommand("SELECT 1", open).ExecuteScalarAsync(), "A connection outlived the server.");
    }

    [Test]
    public async Task Dispose_RunningServer_LeavesNoProcessAndNoFolder()
    {
        var server = await PostgresServer.StartAsync(Fast);
        int[] processes = [server.ProcessId, server.SupervisorId];
        Assert.That(processes, Has.All.Matches<int>(IsRunning));

        await server.DisposeAsync();

        Assert.That(processes, Has.None.Matches<int>(IsRunning));
        Assert.That(server.Folder, Does.Not.Exist);
    }

    [Test]
    public async Task Dispose_StoppedServer_LeavesNoFolder()
    {
        var server = await PostgresServer.StartAsync(Fast);
        await server.StopAsync();
        await server.DisposeAsync();
        Assert.That(server.Folder, Does.Not.Exist);
    }

    [Test]
    public async Task Start_UnusableSetting_ThrowsWithTheLogAndLeavesNoFolder()
    {
        var options = new PostgresOptions { Settings = new Dictionary<string, string> { ["max_connections"] = "many" } };
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresServer.StartAsync(options));
        Assert.That(fault!.Message, Does.Contain("max_connections"));
        Assert.That(fault.Message.Split(' ').First(word => word.Contains("webhookkit-pg-", StringComparison.Ordinal)), Does.Not.Exist);
    }

    [Test]
    public async Task Start_WithPassword_LetsNobodyInWithAnother()
    {
        await using var server = await PostgresServer.StartAsync(Fast with { Password = "right" });
        Assert.That(await PostgresSql.ScalarAsync<int>(server.ConnectionString, "SELECT 1"), Is.EqualTo(1));

        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "wrong" }.ConnectionString;
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => PostgresSql.ExecuteAsync(wrong, "SELECT 1"));
        Assert.That(refusal!.SqlState, Is.EqualTo(PostgresErrorCodes.InvalidPassword));
    }

    [Test]
    public async Task FindOrStart_VariableIsSet_ConnectsToThatServer()
    {
        await using var named = await PostgresServer.StartAsync(Fast);
        var before = Environment.GetEnvironmentVariable(PostgresServer.Variable);
        Environment.SetEnvironmentVariable(PostgresServer.Variable, named.ConnectionString);
        try
        {
            await using var found = await PostgresServer.FindOrStartAsync(Fast);
            Assert.That(found.ConnectionString, Is.EqualTo(named.ConnectionString));
            Assert.That(found.Folder, Is.Null);
            Assert.Throws<InvalidOperationException>(() => found.StopAsync());
        }
        finally
        {
            Environment.SetEnvironmentVariable(PostgresServer.Variable, before);
        }

        Assert.That(await PostgresSql.ScalarAsync<int>(named.ConnectionString, "SELECT 1"), Is.EqualTo(1), "Disposing of a server that was found has ended it.");
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
