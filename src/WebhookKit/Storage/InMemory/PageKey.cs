using System.Globalization;

namespace WebhookKit.Storage.InMemory;

/// <summary>Where a page of a list in stored order ends: the sequence says where, the id finds the place at once while it is there.</summary>
internal readonly record struct PageKey(long Sequence, string Id)
{
    public static PageKey Of(DeliveryRow row) => new(row.Sequence, row.Delivery.Id.ToString("N"));

    public static PageKey Of(EventRow row) => new(row.Sequence, row.Event.Id);

    /// <summary>Reads a key as <see cref="ToString"/> writes it.</summary>
    /// <exception cref="WebhookValidationException">It is none.</exception>
    public static PageKey? Parse(string? text)
    {
        if (text is null)
            return null;

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return new PageKey(sequence, text[(dot + 1)..]);

        throw new WebhookValidationException("After", $"After '{text}' is not the end of a page: pass the Next of the page before, or leave it out.");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}.{Id}");
}
