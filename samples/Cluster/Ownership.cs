using Npgsql;

namespace Cluster;

/// <summary>Which node owns which partition, straight from the library's tables.</summary>
internal static class Ownership
{
    public static async Task<IReadOnlyList<string>> ReadAsync(string connectionString, string schema, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(stop);

        // The name of a node is what it was given and a random part.
        await using var command = new NpgsqlCommand($"SELECT coalesce(regexp_replace(owner, '-[^-]*$', ''), '') FROM {schema}.webhook_partition ORDER BY partition", connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var owners = new List<string>();
        while (await reader.ReadAsync(stop)) owners.Add(reader.GetString(0));
        return owners;
    }
}
