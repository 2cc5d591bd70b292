using WebhookKit.Matching;

namespace WebhookKit.Publishing;

/// <summary>How long the texts of an event may be: stores index some of them, and keep all of them with every event.</summary>
internal static class EventLimits
{
    public const int MaxTenantLength = 256;
    private const int MaxKeyLength = 256;
    private const int MaxContentTypeLength = 256;
    private const int MaxTraceParentLength = 256;
    private const int MaxAttributes = 64;
    private const int MaxNameLength = 128;
    private const int MaxValueLength = 4096;

    public static IReadOnlyList<WebhookFieldError> FindFaults(WebhookEvent webhookEvent)
    {
        List<WebhookFieldError>? errors = null;
        Refuse(nameof(webhookEvent.TenantId), FindTextFault("tenant id", webhookEvent.TenantId, MaxTenantLength));
        Refuse(nameof(webhookEvent.OrderingKey), FindTextFault("ordering key", webhookEvent.OrderingKey, MaxKeyLength));
        Refuse(nameof(webhookEvent.ContentType), FindTextFault("content type", webhookEvent.ContentType, MaxContentTypeLength));
        Refuse(nameof(webhookEvent.TraceParent), FindTextFault("trace parent", webhookEvent.TraceParent, MaxTraceParentLength));
        Refuse(nameof(webhookEvent.Attributes), FindAttributesFault(webhookEvent.Attributes));
        return errors ?? (IReadOnlyList<WebhookFieldError>)[];

        void Refuse(string field, string? fault)
        {
            if (fault is not null) (errors ??= []).Add(new WebhookFieldError(field, fault));
        }
    }

    /// <summary>Refuses a text that is empty, too long, or has what databases do not take: U+0000, or half a character; null passes.</summary>
    public static string? FindTextFault(string what, string? text, int maxLength) =>
        text is null ? null
        : text.Length == 0 ? $"The {what} is empty. Leave it null instead."
        : text.Length > maxLength ? $"The {what} has {text.Length:N0} characters. Use {maxLength} at most."
        : text.Contains('\0', StringComparison.Ordinal) ? $"The {what} contains U+0000, which cannot be stored. Leave it out."
        : Utf16.HasLoneSurrogate(text) ? $"The {what} has half a character (an unpaired surrogate), which cannot be stored. Remove it."
        : null;

    private static string? FindAttributesFault(IReadOnlyDictionary<string, string>? attributes)
    {
        if (attributes is null) return "The attributes are null. Leave them out instead.";
        if (attributes.Count == 0) return null;
        if (attributes.Count > MaxAttributes) return $"There are {attributes.Count} attributes. Use {MaxAttributes} at most; put the rest into the data.";
        foreach (var (name, value) in attributes)
        {
            if (FindTextFault("name of an attribute", name, MaxNameLength) is { } fault) return fault;
            if (value is null) return $"The attribute {Quote.Of(name)} is null. Leave it out instead.";
            if (value.Length > 0 && FindTextFault($"attribute {Quote.Of(name)}", value, MaxValueLength) is { } valueFault) return valueFault;
        }

        return null;
    }
}
