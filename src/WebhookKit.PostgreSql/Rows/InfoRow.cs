using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>The one row of what is true of the whole store.</summary>
internal static class InfoRow
{
    /// <summary>
    /// Takes the next change number. Whoever comes next waits until this transaction has ended, so numbers become visible in their order.
    /// </summary>
    public static Task<long> AdvanceChangeNumberAsync(Session session, CancellationToken cancellationToken) =>
        session.Use("UPDATE ~.webhook_info SET change_number = change_number + 1 RETURNING change_number").ScalarAsync<long>(cancellationToken);

    public static async Task<(long ChangeNumber, long ForgottenUpTo)> ReadChangesAsync(Session session, CancellationToken cancellationToken) =>
        (await session.Use("SELECT change_number, forgotten_up_to FROM ~.webhook_info")
            .ListAsync(static r => (r.GetInt64(0), r.GetInt64(1)), cancellationToken))[0];

    public static async Task<(Guid StoreId, int PartitionCount)> ReadIdentityAsync(Session session, CancellationToken cancellationToken) =>
        (await session.Use("SELECT store_id, partition_count FROM ~.webhook_info").ListAsync(static r => (r.GetGuid(0), r.GetInt32(1)), cancellationToken))[0];
}
