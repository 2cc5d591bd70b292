using System.Globalization;

namespace WebhookKit.Stored;

/// <summary>Where a page of deliveries or events ends.</summary>
internal static class PageKey
{
    /// <summary>Before the newest of all.</summary>
    public static DeliveryKey Start { get; } = new(long.MaxValue, "");

    public static string Of(DeliveryKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.EventSeq}.{key.SubscriptionId}");

    public static string Of(long eventSeq) => eventSeq.ToString(CultureInfo.InvariantCulture);

    public static DeliveryKey ParseDelivery(string? after)
    {
        if (after is null) return Start;
        var dot = after.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && TryParse(after.AsSpan(0, dot), out var seq) ? new DeliveryKey(seq, after[(dot + 1)..]) : throw Refuse(after);
    }

    public static long? ParseEvent(string? after) => after is null ? null : TryParse(after, out var seq) ? seq : throw Refuse(after);

    private static bool TryParse(ReadOnlySpan<char> text, out long seq) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seq);

    private static WebhookValidationException Refuse(string after) =>
        new([new WebhookFieldError("After", $"After '{after}' is not the end of a page: pass the Next of the page before, or leave it out.")]);
}
