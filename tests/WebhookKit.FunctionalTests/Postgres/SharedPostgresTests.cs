using Npgsql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>What tests are given on the server that they share.</summary>
public sealed class SharedPostgresTests
{
    [OneTimeSetUp]
    public void RequirePostgres() => PostgresTests.Require();

    [Test]
    public async Task CreateDatabase_Disposed_IsGoneThoughSomebodyIsConnected()
    {
        var server = await SharedPostgres.ServerAsync();
        var database = await SharedPostgres.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        Assert.That(await CountAsync(), Is.EqualTo(1));

        await database.DisposeAsync();
        Assert.That(await CountAsync(), Is.Zero);

        Task<long> CountAsync() => PostgresSql.ScalarAsync<long>(server.ConnectionString, $"SELECT count(*) FROM pg_database WHERE datname = '{database.Name}'");
    }

    [Test]
    public async Task CreateSchema_Disposed_IsGoneWithItsTables()
    {
        var schema = await SharedPostgres.CreateSchemaAsync();
        await using var other = await SharedPostgres.CreateSchemaAsync();
        Assert.That(schema.ConnectionString, Is.EqualTo(other.ConnectionString));
        Assert.That(schema.Name, Is.Not.EqualTo(other.Name));
        await PostgresSql.ExecuteAsync(schema.ConnectionString, $"CREATE SCHEMA {schema.Name}; CREATE TABLE {schema.Name}.orders (id int)");

        await schema.DisposeAsync();
        Assert.That(await PostgresSql.ScalarAsync<long>(schema.ConnectionString, $"SELECT count(*) FROM pg_namespace WHERE nspname = '{schema.Name}'"), Is.Zero);
    }
}
