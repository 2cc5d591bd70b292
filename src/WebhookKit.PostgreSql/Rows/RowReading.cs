using Npgsql;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>Reads columns that may be null.</summary>
internal static class RowReading
{
    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? LongOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static int? IntOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static short? ShortOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt16(column);
}
