namespace WebhookKit;

/// <summary>What became of deliveries within one step of time.</summary>
/// <param name="At">When the step begins.</param>
/// <param name="Totals">What was counted.</param>
public sealed record StatisticsStep(DateTimeOffset At, DeliveryTotals Totals);
