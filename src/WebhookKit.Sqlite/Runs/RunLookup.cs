using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;

namespace WebhookKit.Sqlite.Runs;

/// <summary>Finds deliveries in runs by their ids.</summary>
internal static class RunLookup
{
    /// <summary>Finds a delivery that is in a run and has not moved.</summary>
    public static WebhookDelivery? FindDelivery(SqliteSession session, Guid id) =>
        RunRows.Find(session, id) is var (run, place) && run.StatusOf(place) is not null && EventRows.FindInfo(session, run.Body.KeyOf(place).EventSeq) is { } ofEvent
            ? run.ToDelivery(place, ofEvent)
            : null;

    /// <summary>The attempt of a delivery that has succeeded in a run.</summary>
    public static List<DeliveryAttempt> ListAttempts(SqliteSession session, Guid id) =>
        RunRows.Find(session, id) is var (run, place) && run.OutcomeOf(place) is { } outcome && EventRows.FindInfo(session, run.Body.KeyOf(place).EventSeq) is { } ofEvent
            ? [outcome.ToAttempt(ofEvent.Id)]
            : [];
}
