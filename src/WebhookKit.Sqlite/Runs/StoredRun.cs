using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite.Runs;

/// <summary>A run as it was read: its deliveries, and what has become of them.</summary>
internal sealed class StoredRun
{
    /// <summary>What reading one needs, of the tables named <c>r</c> and <c>s</c>.</summary>
    public const string Names = $"{RunBody.Names}, {StateNames}";

    /// <summary>What of it changes, but for the outcomes, which are read when they are asked for: most have no need of them.</summary>
    public const string StateNames = "s.due_at, s.completed_at, s.places";

    /// <summary>How many columns <see cref="StateNames"/> are.</summary>
    public const int StateCount = 3;

    private readonly SqliteSession _session;
    private Dictionary<int, RunOutcome>? _outcomes;

    private StoredRun(SqliteSession session, RunBody body, Statement row, int at)
    {
        _session = session;
        Body = body;
        DueAt = row.Long(at);
        CompletedAt = row.LongOrNull(at + 1);
        PendingBits = row.Blob(at + 2);
    }

    public RunBody Body { get; }

    /// <summary>When the first is due, in ticks.</summary>
    public long DueAt { get; }

    public long? CompletedAt { get; }

    public byte[] PendingBits { get; }

    private Dictionary<int, RunOutcome> Outcomes => _outcomes ??= RunOutcomes.Read(RunRows.ReadOutcomes(_session, Body.Seq));

    /// <summary>Reads one from a row of <see cref="Names"/>.</summary>
    public static StoredRun Read(SqliteSession session, Statement row) => new(session, RunBody.Read(row), row, RunBody.ColumnCount);

    /// <summary>Reads one of which the rest is known from a row of <see cref="StateNames"/>.</summary>
    public static StoredRun Read(SqliteSession session, RunBody body, Statement row) => new(session, body, row, 0);

    public bool IsPending(int place) => RunBytes.IsSet(PendingBits, place);

    /// <summary>How many have succeeded here.</summary>
    public int CountSucceeded() => Outcomes.Count;

    /// <summary>How the delivery succeeded here; <see langword="null"/> when it is pending, or has moved.</summary>
    public RunOutcome? OutcomeOf(int place) => Outcomes.TryGetValue(place, out var outcome) ? outcome : null;

    /// <summary>The delivery's status; <see langword="null"/> when it has moved.</summary>
    public DeliveryStatus? StatusOf(int place) => IsPending(place) ? DeliveryStatus.Pending : OutcomeOf(place) is null ? null : DeliveryStatus.Succeeded;

    /// <summary>The delivery, which has not moved.</summary>
    public WebhookDelivery ToDelivery(int place, EventInfo ofEvent)
    {
        var member = Body[place];
        var pending = new WebhookDelivery
        {
            Id = member.Id,
            EventId = ofEvent.Id,
            EventType = ofEvent.Type,
            TenantId = ofEvent.TenantId,
            SubscriptionId = Body.SubscriptionIdOf(member),
            CreatedAt = Columns.ToTime(member.CreatedAt),
            DueAt = Columns.ToTime(member.CreatedAt),
        };
        return !IsPending(place) && OutcomeOf(place) is { } outcome ? outcome.ToDelivery(pending) : pending;
    }
}
