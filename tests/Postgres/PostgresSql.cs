using Npgsql;

namespace WebhookKit.Tests.Postgres;

/// <summary>Statements of the tests themselves.</summary>
internal static class PostgresSql
{
    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Each in a transaction of its own, which some must be.</summary>
    public static async Task ExecuteEachAsync(string connectionString, IEnumerable<string> statements)
    {
        foreach (var sql in statements) await ExecuteAsync(connectionString, sql);
    }

    /// <summary>The first column of the first row.</summary>
    public static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
