using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

/// <summary>Lists deliveries, newest event first.</summary>
/// <remarks>
/// One call looks at a bounded number of rows of each list, so a page may be shorter than asked and yet not the last. To find the newest
/// pending ones of a subscription, its pending ones are gone through in the index, which has them by due time.
/// </remarks>
internal static class DeliveryLists
{
    private const string Select = $"""
        SELECT {DeliveryRows.Names}, d.event_seq, e.id, e.type, e.tenant_id,
            (?4 OR e.tenant_id = ?3) AND (?5 IS NULL OR d.status = ?5) AND (?6 IS NULL OR d.created_at >= ?6) AND (?7 IS NULL OR d.created_at < ?7)
            AND (?10 IS NULL OR e.type = ?10)
        FROM webhook_delivery d
        """;

    private const string Rest = """
        JOIN webhook_event e ON e.seq = d.event_seq
        WHERE (d.event_seq, d.subscription_id) < (?1, ?2)
        """;

    private const string NewestFirst = "ORDER BY d.event_seq DESC, d.subscription_id DESC";
    private const string ListAll = $"{Select} {Rest} {NewestFirst}";
    private const string ListFailed = $"{Select} INDEXED BY webhook_delivery_failed {Rest} AND d.status = ?5 AND d.status > 1 {NewestFirst}";
    private const string ListOfEvent = $"{Select} {Rest} AND d.event_seq = ?8 AND (?9 IS NULL OR d.subscription_id = ?9) {NewestFirst}";
    private const string ListOfSubscription = $"""
        {Select} INDEXED BY webhook_delivery_list {Rest} AND d.subscription_id = ?9 AND d.status = ?5 AND d.status <> 0 ORDER BY d.event_seq DESC
        """;

    /// <summary>Pending deliveries stand in another index, by due time: the newest so many are sorted.</summary>
    private const string ListPendingOfSubscription = $"""
        {Select} JOIN (
            SELECT event_seq FROM webhook_delivery INDEXED BY webhook_delivery_due
            WHERE subscription_id = ?9 AND status = 0 AND event_seq <= ?1 ORDER BY event_seq DESC LIMIT ?8
        ) p ON p.event_seq = d.event_seq AND d.subscription_id = ?9
        {Rest} {NewestFirst}
        """;

    private const string SelectFailed = $"""
        SELECT {DeliveryRows.Names}, d.event_seq, e.id, e.type, e.tenant_id
        FROM webhook_delivery d INDEXED BY webhook_delivery_recover JOIN webhook_event e ON e.seq = d.event_seq
        WHERE d.subscription_id = ?1 AND d.status = ?4 AND d.status > 1 AND d.created_at >= ?2
        ORDER BY d.created_at, d.event_seq LIMIT ?3
        """;

    private const int MatchColumn = DeliveryRows.Count + 4;

    private static readonly DeliveryStatus[] AllStatuses = Enum.GetValues<DeliveryStatus>();

    public static Page<WebhookDelivery> List(SqliteSession session, DeliveryQuery query, int maxSteps)
    {
        var after = PageKey.ParseDelivery(query.After);
        List<(WebhookDelivery Delivery, DeliveryKey Key)> found = [];
        DeliveryKey? end = null;
        IReadOnlyList<long>? seqs = null;
        if (query.EventId is not null)
        {
            seqs = EventRows.FindSeqs(session, query.EventId, query.TenantId, query.AllTenants);
            foreach (var seq in seqs)
            {
                using var statement = Bind(session.Use(ListOfEvent), query, query.Status, after);
                end = Newer(end, Look(statement.Bind(8, seq).Bind(9, query.SubscriptionId), query.Limit, maxSteps, found));
            }
        }
        else if (query.SubscriptionId is not null)
        {
            // The index has them by status: those of each are merged.
            foreach (var status in query.Status is { } one ? [one] : AllStatuses)
            {
                using var statement = Bind(session.Use(status == DeliveryStatus.Pending ? ListPendingOfSubscription : ListOfSubscription), query, status, after);

                // One more than is looked at: the last one of the page before is among them.
                if (status == DeliveryStatus.Pending) statement.Bind(8, maxSteps + 1);
                end = Newer(end, Look(statement.Bind(9, query.SubscriptionId), query.Limit, maxSteps, found));
            }
        }
        else
        {
            // Of those that failed there are few among very many.
            var sql = query.Status is null or DeliveryStatus.Pending or DeliveryStatus.Succeeded ? ListAll : ListFailed;
            using var statement = Bind(session.Use(sql), query, query.Status, after);
            end = Look(statement, query.Limit, maxSteps, found);
        }

        end = Newer(end, new RunList(session, query, after, seqs, maxSteps).Look(found));
        return ToPage(found, end, query.Limit);
    }

    /// <summary>The exhausted and expired deliveries of a subscription, oldest first.</summary>
    public static List<(WebhookDelivery Delivery, DeliveryKey Key)> FindFailed(SqliteSession session, string subscriptionId, DateTimeOffset since, int limit)
    {
        // The index has them by status: those of both are merged.
        List<(WebhookDelivery Delivery, DeliveryKey Key)> found = [];
        foreach (var status in (DeliveryStatus[])[DeliveryStatus.Exhausted, DeliveryStatus.Expired])
        {
            using var statement = session.Use(SelectFailed);
            statement.Bind(1, subscriptionId).Bind(2, Columns.OfTime(since)).Bind(3, limit).Bind(4, (int)status);
            while (statement.Step()) found.Add(Read(statement));
        }

        return [.. found.OrderBy(static f => f.Delivery.CreatedAt).ThenBy(static f => f.Key.EventSeq).Take(limit)];
    }

    private static Statement Bind(Statement statement, DeliveryQuery query, DeliveryStatus? status, DeliveryKey after) => statement
        .Bind(1, after.EventSeq)
        .Bind(2, after.SubscriptionId)
        .Bind(3, Columns.OfTenant(query.TenantId))
        .Bind(4, query.AllTenants)
        .Bind(5, (int?)status)
        .Bind(6, Columns.OfTime(query.From))
        .Bind(7, Columns.OfTime(query.To))
        .Bind(10, query.EventType);

    /// <summary>Adds what matches, one more than the page holds if there are as many.</summary>
    /// <returns>The last row looked at, if there may be more beyond it.</returns>
    private static DeliveryKey? Look(Statement rows, int limit, int maxSteps, List<(WebhookDelivery, DeliveryKey Key)> found)
    {
        var before = found.Count;
        for (var steps = 1; rows.Step(); steps++)
        {
            if (rows.Long(MatchColumn) != 0) found.Add(Read(rows));
            if (found.Count - before > limit) return found[^1].Key;
            if (steps >= maxSteps) return new DeliveryKey(rows.Long(DeliveryRows.Count), rows.Text(1));
        }

        return null;
    }

    private static Page<WebhookDelivery> ToPage(List<(WebhookDelivery Delivery, DeliveryKey Key)> found, DeliveryKey? end, int limit)
    {
        // What is older than the last one looked at belongs to a later page.
        if (end is { } last) found.RemoveAll(f => Compare(f.Key, last) < 0);
        found.Sort(static (left, right) => Compare(right.Key, left.Key));
        if (found.Count > limit)
        {
            found.RemoveRange(limit, found.Count - limit);
            end = found[^1].Key;
        }

        return new Page<WebhookDelivery>(found.ConvertAll(static f => f.Delivery), end is { } next ? PageKey.Of(next) : null);
    }

    private static (WebhookDelivery Delivery, DeliveryKey Key) Read(Statement row)
    {
        const int at = DeliveryRows.Count;
        var delivery = DeliveryRows.Read(row, row.Text(at + 1), row.Text(at + 2), Columns.ToTenant(row.Text(at + 3)));
        return (delivery, new DeliveryKey(row.Long(at), delivery.SubscriptionId));
    }

    private static DeliveryKey? Newer(DeliveryKey? left, DeliveryKey? right) =>
        left is null ? right : right is null || Compare(left.Value, right.Value) > 0 ? left : right;

    public static int Compare(DeliveryKey left, DeliveryKey right)
    {
        var bySeq = left.EventSeq.CompareTo(right.EventSeq);
        return bySeq != 0 ? bySeq : string.CompareOrdinal(left.SubscriptionId, right.SubscriptionId);
    }
}
