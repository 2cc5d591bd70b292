namespace WebhookKit.Tests.Postgres;

/// <summary>
/// The name of a schema that is not there yet, in a database that many tests share; dropped afterwards with all that is in it. Much cheaper
/// than a database of one's own.
/// </summary>
internal sealed class PostgresSchema(string connectionString) : IAsyncDisposable
{
    public string Name { get; } = $"test_{Guid.NewGuid():N}";

    public string ConnectionString { get; } = connectionString;

    public async ValueTask DisposeAsync() => await PostgresSql.ExecuteAsync(ConnectionString, $"DROP SCHEMA IF EXISTS {Name} CASCADE");
}
