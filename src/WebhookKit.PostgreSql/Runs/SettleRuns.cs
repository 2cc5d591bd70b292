using System.Collections;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Deliveries in runs that have succeeded: a change for each run.</summary>
internal sealed class SettleRuns(Fences fences, int[] applied)
{
    private const string Statement = $"""
        {SettleStatement.Held}, changed AS (
            UPDATE ~.webhook_run r SET pending_places = r.pending_places & ~i.places, pending = r.pending - i.settled,
                completed_at = greatest(r.completed_at, i.completed_at), outcomes = r.outcomes || i.outcomes
            FROM unnest($3::integer[], $4::text[], $5::bigint[], $6::varbit[], $7::smallint[], $8::bigint[], $9::bytea[], $10::uuid[])
                WITH ORDINALITY i (held, subscription_id, event_group, places, settled, completed_at, outcomes, first_id, place)
            WHERE i.held = ANY(ARRAY(SELECT place FROM held)) AND r.partition = ($1::smallint[])[i.held] AND r.subscription_id = i.subscription_id
                AND r.event_group = i.event_group AND r.first_id = i.first_id AND r.pending_places & i.places = i.places
            RETURNING i.place
        )
        SELECT ARRAY(SELECT place FROM held), ARRAY(SELECT place FROM changed)
        """;

    private readonly Dictionary<(int Held, string SubscriptionId, long EventGroup, Guid FirstId), Change> _changes = [];

    public int Count => _changes.Count;

    /// <summary>Adds a delivery.</summary>
    public void Add(SettleItem item, RunPlace inRun)
    {
        var key = (fences.Of(item.Place), item.Of.SubscriptionId, EventNumber.GroupOf(inRun.EventSeq), inRun.FirstId);
        if (!_changes.TryGetValue(key, out var change)) _changes.Add(key, change = new Change());
        change.Add(item, EventNumber.PlaceOf(inRun.EventSeq));
    }

    /// <summary>Stores them. A run in which one is not pending any more is left as it is.</summary>
    /// <returns>The deliveries of the runs that were left.</returns>
    public async Task<List<SettleItem>> RunAsync(Session session, RunPlaces<RunPlace> places, CancellationToken cancellationToken)
    {
        var changes = _changes.Values.ToArray();
        var (held, settled) = await fences.AddTo(session.UseIndexed(Statement))
            .With(_changes.Keys.Select(static k => k.Held).ToArray())
            .With(_changes.Keys.Select(static k => k.SubscriptionId).ToArray())
            .With(_changes.Keys.Select(static k => k.EventGroup).ToArray())
            .WithBits(Array.ConvertAll(changes, static c => c.Places))
            .With(Array.ConvertAll(changes, static c => (short)c.Items.Count))
            .With(Array.ConvertAll(changes, static c => c.CompletedAt))
            .With(Array.ConvertAll(changes, static c => c.Outcomes()))
            .With(_changes.Keys.Select(static k => k.FirstId).ToArray())
            .FirstAsync(SettleStatement.ReadPlaces, cancellationToken);
        fences.Note(held);
        HashSet<long> changed = [.. settled];
        List<SettleItem> left = [];
        for (var i = 0; i < changes.Length; i++)
        {
            foreach (var item in changes[i].Items)
            {
                places.Remove(item.Next.Id);
                if (changed.Contains(i + 1)) applied[item.Place]++;
                else left.Add(item);
            }
        }

        return left;
    }

    /// <summary>What changes in a run.</summary>
    private sealed class Change
    {
        private readonly List<int> _places = [];

        public BitArray Places { get; } = new(EventNumber.GroupSize);

        public List<SettleItem> Items { get; } = [];

        public long CompletedAt { get; private set; }

        public void Add(SettleItem item, int place)
        {
            Places[place] = true;
            _places.Add(place);
            Items.Add(item);
            CompletedAt = Math.Max(CompletedAt, Columns.OfTime(item.Next.CompletedAt!.Value));
        }

        public byte[] Outcomes()
        {
            using var bytes = new MemoryStream();
            using var writer = new BinaryWriter(bytes);
            for (var i = 0; i < Items.Count; i++) RunOutcomes.Write(writer, _places[i], Items[i].Next, Items[i].Of.Attempt!);
            writer.Flush();
            return bytes.ToArray();
        }
    }
}
