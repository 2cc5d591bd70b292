using System.Collections.Frozen;
using Npgsql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>The table of events.</summary>
internal static class EventRows
{
    /// <summary>What <see cref="Read"/> needs, of the table named <c>e</c>.</summary>
    public const string Names = $"{NamesWithoutData}, e.data";

    /// <summary>All of them but the last.</summary>
    public const string NamesWithoutData = """
        e.id, e.tenant_id, e.type, e.occurred_at, e.occurred_offset, e.content_type, e.ordering_key, e.attributes, e.trace_parent
        """;

    /// <summary>The events of some keys, named <c>e</c>: their partitions and numbers.</summary>
    public const string OfKeys = """
        unnest($1::smallint[], $2::bigint[]) k (partition, seq)
        CROSS JOIN LATERAL (
            SELECT * FROM ~.webhook_event f WHERE f.partition = k.partition AND f.seq >= k.seq AND f.seq <= k.seq ORDER BY f.seq LIMIT 1
        ) e
        """;

    /// <summary>How many columns <see cref="Names"/> are.</summary>
    public const int Count = 10;

    private const string JsonContentType = "application/json";

    public static async Task<WebhookEvent?> FindAsync(Session session, string? tenantId, string id, int partitionCount, CancellationToken cancellationToken)
    {
        var found = await session.UseIndexed($"SELECT {Names} FROM ~.webhook_event e WHERE e.id = $1 AND e.tenant_id = $2 AND e.partition + 0 = $3")
            .With(id).With(Columns.OfTenant(tenantId)).With((short?)PartitionOf(tenantId, partitionCount)).ListAsync(static row => Read(row, 0), cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Where the events of a tenant are.</summary>
    public static short PartitionOf(string? tenantId, int partitionCount) => (short)Partitioner.GetPartition(Columns.OfTenant(tenantId), partitionCount);

    /// <summary>Reads an event from a row whose columns <see cref="Names"/> begin at one.</summary>
    public static WebhookEvent Read(NpgsqlDataReader row, int at) => new()
    {
        Id = row.GetString(at),
        TenantId = Columns.ToTenant(row.GetString(at + 1)),
        Type = row.GetString(at + 2),
        OccurredAt = Columns.ToTime(row.GetInt64(at + 3)).ToOffset(TimeSpan.FromMinutes(row.GetInt16(at + 4))),
        ContentType = row.GetString(at + 5) is var contentType && contentType == JsonContentType ? JsonContentType : contentType,
        OrderingKey = row.TextOrNull(at + 6),
        Attributes = row.TextOrNull(at + 7) is { } attributes ? StoredJson.ToMap(attributes) : FrozenDictionary<string, string>.Empty,
        TraceParent = row.TextOrNull(at + 8),
        Data = row.GetFieldValue<byte[]>(at + 9),
    };
}
