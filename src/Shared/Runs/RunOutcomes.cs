using System.Text;

namespace WebhookKit.Stored.Runs;

/// <summary>How what became of a run's deliveries stands in a column: one after the other, as they ended.</summary>
internal static class RunOutcomes
{
    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Body = 1,
        Batch = 2,
    }

    /// <summary>Adds an outcome to those that a stream has already.</summary>
    public static void Write(BinaryWriter writer, int place, WebhookDelivery next, DeliveryAttempt attempt)
    {
        writer.Write7BitEncodedInt(place);
        writer.Write((byte)((attempt.ResponseBody is null ? Parts.None : Parts.Body) | (next.BatchId is null ? Parts.None : Parts.Batch)));
        writer.Write(Columns.OfTime(attempt.StartedAt));
        writer.Write7BitEncodedInt64(attempt.Duration.Ticks);
        writer.Write7BitEncodedInt64(Columns.OfTime(next.CompletedAt!.Value) - Columns.OfTime(attempt.StartedAt));
        writer.Write7BitEncodedInt(attempt.StatusCode ?? -1);
        if (attempt.ResponseBody is not null) writer.Write(attempt.ResponseBody);
        if (next.BatchId is null) return;
        writer.Write(next.BatchId);
        writer.Write7BitEncodedInt(attempt.BatchSize);
    }

    public static Dictionary<int, RunOutcome> Read(byte[] bytes)
    {
        var outcomes = new Dictionary<int, RunOutcome>();
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        while (reader.BaseStream.Position < bytes.Length)
        {
            var outcome = ReadOne(reader);
            outcomes.Add(outcome.Place, outcome);
        }

        return outcomes;
    }

    private static RunOutcome ReadOne(BinaryReader reader)
    {
        var place = reader.Read7BitEncodedInt();
        var parts = (Parts)reader.ReadByte();
        var startedAt = reader.ReadInt64();
        var duration = reader.Read7BitEncodedInt64();
        var completedAt = startedAt + reader.Read7BitEncodedInt64();
        var status = reader.Read7BitEncodedInt();
        var body = parts.HasFlag(Parts.Body) ? reader.ReadString() : null;
        var batchId = parts.HasFlag(Parts.Batch) ? reader.ReadString() : null;
        return new RunOutcome(
            place,
            completedAt,
            new DeliveryAttempt
            {
                Number = 1,
                MessageId = batchId ?? "",
                BatchSize = batchId is null ? 1 : reader.Read7BitEncodedInt(),
                StartedAt = Columns.ToTime(startedAt),
                Duration = TimeSpan.FromTicks(duration),
                Outcome = AttemptOutcome.Succeeded,
                StatusCode = status < 0 ? null : status,
                ResponseBody = body,
            },
            batchId);
    }
}
