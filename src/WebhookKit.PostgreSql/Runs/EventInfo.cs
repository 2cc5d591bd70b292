using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>What a delivery says of its event.</summary>
internal readonly record struct EventInfo(string Id, string Type, string? TenantId)
{
    private const string Select = $"SELECT e.seq, e.id, e.type, e.tenant_id FROM {EventRows.OfKeys}";

    /// <summary>Finds the events of some deliveries in runs, by their numbers.</summary>
    public static async Task<Dictionary<long, EventInfo>> FindAsync(
        Session session, IReadOnlyList<(StoredRun Run, RunMember Member)> deliveries, CancellationToken cancellationToken)
    {
        (short Partition, long Seq)[] keys = [.. deliveries.Select(static d => (d.Run.EventPartition, d.Run.EventSeqOf(d.Member))).Distinct()];
        if (keys.Length == 0) return [];
        var found = await session.UseIndexed(Select)
            .With(Array.ConvertAll(keys, static k => k.Partition))
            .With(Array.ConvertAll(keys, static k => k.Seq))
            .ListAsync(static r => (Seq: r.GetInt64(0), Event: new EventInfo(r.GetString(1), r.GetString(2), Columns.ToTenant(r.GetString(3)))), cancellationToken);
        return found.ToDictionary(static f => f.Seq, static f => f.Event);
    }
}
