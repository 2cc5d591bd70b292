using System.Data;
using System.Data.Common;
using Npgsql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.PostgreSql.Schema;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long publishing waits for a lock: an open transaction that has published an event of the same id holds up everybody who shares the
    /// statement. Who asked for it tries again by itself.
    /// </summary>
    private const string WaitsShortly = "SELECT set_config('lock_timeout', '500ms', true)";

    private const string FindKnown = """
        SELECT e.id, e.tenant_id, e.first_deliveries, e.published_at
        FROM unnest($1::text[], $2::text[], $3::smallint[]) w (id, tenant_id, partition)
        CROSS JOIN LATERAL (SELECT * FROM ~.webhook_event f WHERE f.id = w.id AND f.tenant_id = w.tenant_id AND f.partition + 0 = w.partition OFFSET 0) e
        """;

    private const string KeepUnseen = $"""
        SELECT pg_advisory_xact_lock_shared({DeletionKey}) FROM unnest($1::text[]) w (id)
        WHERE NOT EXISTS (SELECT 1 FROM ~.webhook_subscription s WHERE s.id = w.id) ORDER BY w.id
        """;

    public async ValueTask<IReadOnlyList<EventWriteResult>> PublishAsync(IReadOnlyList<EventWrite> writes, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = Ready;
        return transaction is null
            ? await PublishPatientlyAsync(writes, cancellationToken)
            : await PublishInAsync(FindTransaction(transaction), writes, cancellationToken);
    }

    /// <summary>
    /// Goes on trying while the server is away. Events have ids of their own, so one whose answer was lost is not stored twice; it is told from one
    /// that somebody else has stored by the time of its publishing.
    /// </summary>
    private async Task<EventWriteResult[]> PublishPatientlyAsync(IReadOnlyList<EventWrite> writes, CancellationToken cancellationToken)
    {
        var since = _outage.Begin();
        for (var delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                var isAgain = delay > FirstDelay;
                var results = await _database.RunAsync(
                    session => PublishAsync(session with { Preamble = WaitsShortly }, writes, isOwn: true, isAgain, cancellationToken), cancellationToken);
                _outage.End();
                return results;
            }
            catch (WebhookStoreException cause) when (IsKeyTaken(cause.InnerException))
            {
                throw RefuseIds(cause.InnerException!);
            }
            catch (WebhookStoreException cause) when (StoreFaults.IsAway(cause) || (cause.IsHeldUp && delay > FirstDelay))
            {
                // What holds up a second try may be the first, whose end the server has not noticed.
                if (!cause.IsHeldUp) _outage.NoteAway(since);
                if (_time.GetElapsedTime(since) + delay > _options.PublishPatience) throw;
                await Task.Delay(delay, _time, cancellationToken);
            }
        }
    }

    private async Task<EventWriteResult[]> PublishAsync(Session session, IReadOnlyList<EventWrite> writes, bool isOwn, bool isAgain, CancellationToken cancellationToken)
    {
        var stored = await StoreAsync(session, writes, isOwn, mayBeNew: isOwn && !isAgain, cancellationToken);
        var known = Array.TrueForAll(stored, static s => s) ? null : await FindKnownAsync(session, writes, stored, isOwn, cancellationToken);
        var results = new EventWriteResult[writes.Count];

        // What was stored before is the first of them that has the id.
        HashSet<(string Id, string Tenant)>? seen = isAgain ? [] : null;
        for (var i = 0; i < results.Length; i++)
        {
            var write = writes[i];
            var key = (write.Event.Id, Columns.OfTenant(write.Event.TenantId));
            var mayBeOurs = seen?.Add(key) == true;
            if (stored[i]) results[i] = new EventWriteResult(EventWriteStatus.Stored, write.Deliveries.Count);
            else if (known!.TryGetValue(key, out var first)) results[i] = ToResult(write, first, mayBeOurs);
            else results[i] = new EventWriteResult(EventWriteStatus.Stale, 0);
        }

        return results;
    }

    /// <returns>For each write, whether it was stored.</returns>
    private async Task<bool[]> StoreAsync(Session session, IReadOnlyList<EventWrite> writes, bool isOwn, bool mayBeNew, CancellationToken cancellationToken)
    {
        var plan = PublishPlan.Make(writes, _partitionCount, isOwn ? _leastRun : int.MaxValue, _sequenced.Contains);
        if (mayBeNew && writes.All(static w => w.HasNewId) && await TryStoreNewAsync(session, writes, plan, cancellationToken))
            return [.. Enumerable.Repeat(true, writes.Count)];

        var (groups, stored) = await PublishStatement.RunAsync(session.Anew(), writes, plan, _partitionCount, isOwn, areNew: false, cancellationToken);
        if (stored is null) NoteRuns(plan, groups);
        return [.. writes.Select((_, i) => stored?.Contains(EventNumber.Of(groups[i / EventNumber.GroupSize], i % EventNumber.GroupSize)) ?? true)];
    }

    /// <summary>Stores events that are taken to be new.</summary>
    /// <returns>Whether they are stored; nothing is where one is stale, or not new after all.</returns>
    private async Task<bool> TryStoreNewAsync(Session session, IReadOnlyList<EventWrite> writes, PublishPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            var (groups, stored) = await PublishStatement.RunAsync(session, writes, plan, _partitionCount, isOwn: true, areNew: true, cancellationToken);
            if (stored is null) NoteRuns(plan, groups);
            return stored is null;
        }
        catch (PostgresException cause) when (IsKeyTaken(cause))
        {
            return false;
        }
    }

    private void NoteRuns(PublishPlan plan, long[] groups)
    {
        foreach (var run in plan.Runs)
        {
            foreach (var member in run.Members) _places.Add(member.Id, new RunPlace(EventNumber.Of(groups[run.Block], member.Place), run.Ids.First));
        }
    }

    private static EventWriteResult ToResult(EventWrite write, (int Deliveries, long PublishedAt) first, bool mayBeOurs)
    {
        var isOurs = mayBeOurs && first.PublishedAt == Columns.OfTime(write.PublishedAt) && first.Deliveries == write.Deliveries.Count;
        return new EventWriteResult(isOurs ? EventWriteStatus.Stored : EventWriteStatus.Duplicate, first.Deliveries);
    }

    /// <summary>Looks for the events that were not stored: a statement of its own, which sees what has been committed meanwhile.</summary>
    private async Task<Dictionary<(string Id, string Tenant), (int Deliveries, long PublishedAt)>> FindKnownAsync(
        Session session, IReadOnlyList<EventWrite> writes, bool[] stored, bool isOwn, CancellationToken cancellationToken)
    {
        WebhookEvent[] left = [.. writes.Where((_, i) => !stored[i]).Select(w => w.Event)];
        var command = (isOwn ? session.UseIndexed(FindKnown) : session.Use(FindKnown))
            .With(Array.ConvertAll(left, static e => e.Id))
            .With(Array.ConvertAll(left, static e => Columns.OfTenant(e.TenantId)))
            .With(Array.ConvertAll(left, e => EventPartitionOf(e.TenantId)));
        var found = await command.ListAsync(static r => (Key: (r.GetString(0), r.GetString(1)), Value: (r.GetInt32(2), r.GetInt64(3))), cancellationToken);
        return found.DistinctBy(f => f.Key).ToDictionary(f => f.Key, f => f.Value);
    }

    /// <summary>
    /// Stores within the host's own transaction, on its connection: whole or, if it fails, nothing. What the server says of it is the host's to
    /// handle, whose own retries look for it.
    /// </summary>
    private async Task<EventWriteResult[]> PublishInAsync(NpgsqlTransaction transaction, IReadOnlyList<EventWrite> writes, CancellationToken cancellationToken)
    {
        const string savepoint = "webhook_publish";
        var session = _database.Join(transaction.Connection!, transaction);
        await transaction.SaveAsync(savepoint, cancellationToken);
        try
        {
            await CheckSameStoreAsync(session, cancellationToken);
            var stale = SeesThePast(transaction) ? await FindStaleAsync(session, writes, cancellationToken) : null;
            var results = stale ?? await PublishAsync(session, writes, isOwn: false, isAgain: false, cancellationToken);
            await transaction.ReleaseAsync(savepoint, cancellationToken);
            return results;
        }
        catch (Exception cause)
        {
            // Where the connection is gone, so is the transaction; the host has to learn why, and may try again.
            if (IsOpen(transaction)) await transaction.RollbackAsync(savepoint, CancellationToken.None);
            if (IsKeyTaken(cause)) throw RefuseIds(cause);

            // The host's user may be another than the store's. Trying again does not help, but knowing what is missing does.
            if (cause is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }) await Rights.CheckAsync(session, _database.Faults, cancellationToken);
            throw;
        }
    }

    /// <summary>Such a transaction does not see subscriptions that were committed after it began.</summary>
    private static bool SeesThePast(NpgsqlTransaction transaction) => transaction.IsolationLevel is not (IsolationLevel.ReadCommitted or IsolationLevel.ReadUncommitted);

    /// <summary>
    /// Lets the deletion of subscriptions that such a transaction does not see, and so cannot lock, wait until it has ended. Before it is asked whether they are there
    /// still.
    /// </summary>
    private async Task KeepUnseenAsync(Session session, IReadOnlyList<EventWrite> writes, CancellationToken cancellationToken)
    {
        string[] ids = [.. writes.SelectMany(static w => w.Deliveries).Select(static d => d.SubscriptionId).Distinct(StringComparer.Ordinal)];
        if (ids.Length > 0) await session.Use(KeepUnseen).With(ids).With(_storeId).RunAsync(cancellationToken);
    }

    private async Task<EventWriteResult[]?> FindStaleAsync(Session publisher, IReadOnlyList<EventWrite> writes, CancellationToken cancellationToken)
    {
        await KeepUnseenAsync(publisher, writes, cancellationToken);
        var (number, _) = await _database.RunAsync(session => InfoRow.ReadChangesAsync(session, cancellationToken), cancellationToken);
        return writes.Any(w => w.SubscriptionVersion < number) ? [.. writes.Select(static _ => new EventWriteResult(EventWriteStatus.Stale, 0))] : null;
    }

    private static NpgsqlTransaction FindTransaction(DbTransaction transaction)
    {
        if (transaction is not NpgsqlTransaction npgsql)
        {
            throw new WebhookConflictException(
                $"PublishOptions.Transaction is a {transaction.GetType().Name}, but webhooks are kept in PostgreSQL. Pass an NpgsqlTransaction on that database, or leave it out.");
        }

        return IsOpen(npgsql)
            ? npgsql
            : throw new WebhookConflictException("PublishOptions.Transaction is already completed, so nothing can be stored in it. Publish before you commit.");
    }

    /// <summary>A completed one still names its connection, but says nothing else any more.</summary>
    private static bool IsOpen(NpgsqlTransaction transaction)
    {
        try
        {
            return transaction.IsolationLevel != IsolationLevel.Chaos && transaction.Connection is { State: ConnectionState.Open };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Refuses a transaction on another database before anything is written there.</summary>
    private async Task CheckSameStoreAsync(Session session, CancellationToken cancellationToken)
    {
        // Asked in a way that does not fail where there are no such tables.
        var exists = await session.Use("SELECT to_regclass($1) IS NOT NULL").With(_database.Schema.Replace("~.webhook_info")).ScalarAsync<bool>(cancellationToken);
        if (exists && (await InfoRow.ReadIdentityAsync(session, cancellationToken)).StoreId == _storeId) return;
        throw new WebhookConflictException(
            $"PublishOptions.Transaction is on the database '{session.Connection.Database}' on {session.Connection.Host}, which is not the one that webhooks are kept in ({_database.Faults.Place}). Use a connection to that database, or leave the transaction out.");
    }

    private static bool IsKeyTaken(Exception? cause) => cause is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    private static ArgumentException RefuseIds(Exception? cause) => new(
        "An event has a delivery whose id is taken, or two to one subscription; nothing was stored. Give each delivery an id of its own.", cause);
}
