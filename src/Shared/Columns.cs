namespace WebhookKit.Stored;

/// <summary>How values stand in the tables.</summary>
internal static class Columns
{
    /// <summary>The null tenant is an empty text, since a unique index takes every null for another one.</summary>
    public static string OfTenant(string? tenantId) => tenantId ?? "";

    public static string? ToTenant(string stored) => stored.Length == 0 ? null : stored;

    public static long OfTime(DateTimeOffset time) => time.UtcTicks;

    public static long? OfTime(DateTimeOffset? time) => time?.UtcTicks;

    public static DateTimeOffset ToTime(long ticks) => new(ticks, TimeSpan.Zero);

    public static DateTimeOffset? ToTime(long? ticks) => ticks is { } known ? ToTime(known) : null;
}
