namespace WebhookKit;

/// <summary>What became of deliveries over time.</summary>
/// <param name="From">When the first step begins: what was asked for, rounded down to a step.</param>
/// <param name="To">When the last step ends: what was asked for, rounded up to a step.</param>
/// <param name="Step">How long a step is.</param>
/// <param name="Steps">All steps, oldest first, those too in which nothing happened.</param>
/// <param name="Totals">All steps together.</param>
public sealed record WebhookStatistics(DateTimeOffset From, DateTimeOffset To, TimeSpan Step, IReadOnlyList<StatisticsStep> Steps, DeliveryTotals Totals);
