using Npgsql;

namespace WebhookKit.Tests.Postgres;

/// <summary>A fresh database, dropped afterwards with all connections to it.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly string _server;

    private PostgresDatabase(string server, string name)
    {
        _server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    public static async Task<PostgresDatabase> CreateAsync(PostgresServer server)
    {
        var database = new PostgresDatabase(server.ConnectionString, $"webhookkit_{Guid.NewGuid():N}");
        await PostgresSql.ExecuteAsync(database._server, $"CREATE DATABASE {database.Name} TEMPLATE template0");
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        using (var pool = new NpgsqlConnection(ConnectionString)) NpgsqlConnection.ClearPool(pool);
        await PostgresSql.ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }
}
