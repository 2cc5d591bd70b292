namespace WebhookKit.PostgreSql.Runs;

/// <summary>The number of an event: that of the statement which stored it, its group, and its place there.</summary>
internal static class EventNumber
{
    /// <summary>How many events a group may have.</summary>
    public const int GroupSize = 512;

    public static long Of(long group, int place) => (group * GroupSize) + place;

    public static long GroupOf(long number) => number / GroupSize;

    public static int PlaceOf(long number) => (int)(number % GroupSize);
}
