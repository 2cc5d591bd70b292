namespace WebhookKit.Dispatching;

/// <summary>What a lane asks to read.</summary>
/// <param name="Read">The read. Fewer rows than its limit may be read.</param>
/// <param name="Least">How many rows it gets although memory is short.</param>
/// <param name="Stop">Does not wait for room any longer.</param>
internal readonly record struct LaneRequest(LaneRead Read, int Least, CancellationToken Stop);
