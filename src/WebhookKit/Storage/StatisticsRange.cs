namespace WebhookKit;

/// <summary>Which rows of the statistics to read.</summary>
/// <param name="TenantId">The tenant; <see langword="null"/> is one too.</param>
/// <param name="Span">How much time each row covers; rows of other spans are other rows.</param>
/// <param name="From">Only rows that begin at this time or later.</param>
/// <param name="To">Only rows that begin before this time.</param>
public sealed record StatisticsRange(string? TenantId, TimeSpan Span, DateTimeOffset From, DateTimeOffset To);
