namespace WebhookKit;

/// <summary>What became of an event that was to be stored.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Deliveries">How many deliveries the event has: those stored now, or, of a duplicate, those stored first.</param>
public readonly record struct EventWriteResult(EventWriteStatus Status, int Deliveries);
