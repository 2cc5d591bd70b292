using System.Buffers;
using System.Text.Json;
using WebhookKit.Formats;
using WebhookKit.Matching;

namespace WebhookKit.Publishing;

/// <summary>Refuses events that must not be stored. Pure.</summary>
internal sealed class EventValidator(EventTypeCatalog catalog, WebhookOptions options)
{
    public const int MaxIdLength = 128;
    public const int MaxManyEvents = 10_000;

    // Visible ASCII but the dot, which parts the fields of signed content.
    private static readonly SearchValues<char> IdChars =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c != '.')]);

    /// <summary>Checks an event that is about to be published.</summary>
    /// <param name="webhookEvent">The event; its id may still be empty.</param>
    /// <param name="isOwnJson">Whether the data was serialized by the library, and so is JSON for certain.</param>
    /// <exception cref="WebhookValidationException">It is refused; all faults are named.</exception>
    public void Check(WebhookEvent webhookEvent, bool isOwnJson)
    {
        ArgumentNullException.ThrowIfNull(webhookEvent);
        List<WebhookFieldError>? errors = null;
        if (catalog.CheckType(webhookEvent.Type) is { } fault) (errors ??= []).Add(fault);
        if (FindIdFault(webhookEvent.Id) is { } idFault) (errors ??= []).Add(new(nameof(WebhookEvent.Id), idFault));
        if (FindDataFault(webhookEvent, isOwnJson) is { } dataFault) (errors ??= []).Add(new(nameof(WebhookEvent.Data), dataFault));
        if (EventLimits.FindFaults(webhookEvent) is { Count: > 0 } faults) (errors ??= []).AddRange(faults);
        if (errors is not null) throw new WebhookValidationException(errors);
    }

    /// <summary>Checks a sample, which may be of any type: the receiver's code is tried out with it.</summary>
    /// <exception cref="WebhookValidationException">It is refused; all faults are named.</exception>
    public void CheckSample(WebhookEvent sample)
    {
        List<WebhookFieldError> errors = [];
        if (EventTypeName.FaultOf(sample.Type) is { } fault) errors.Add(new("EventType", fault));
        if (FindIdFault(sample.Id) is { } idFault) errors.Add(new(nameof(WebhookEvent.Id), idFault));
        if (FindDataFault(sample, isOwnJson: false) is { } dataFault) errors.Add(new(nameof(WebhookEvent.Data), dataFault));
        errors.AddRange(EventLimits.FindFaults(sample));
        if (errors.Count > 0) throw new WebhookValidationException(errors);
    }

    public static void CheckOptions(PublishOptions options)
    {
        if (options.EventId is "")
            throw new WebhookValidationException(nameof(PublishOptions.EventId), "The event id is empty. Leave it null to have one made.");
        if (options.SubscriptionIds?.Contains(null!) == true)
            throw new WebhookValidationException(nameof(PublishOptions.SubscriptionIds), "One of the subscription ids is null. Name each subscription by its id.");
        if (options.TimeToLive <= TimeSpan.Zero)
        {
            throw new WebhookValidationException(
                nameof(PublishOptions.TimeToLive), $"The time to live {options.TimeToLive} is not positive. Leave it null for no limit.");
        }
    }

    internal static string? FindIdFault(string? id)
    {
        if (id is null) return "The event id is null. Leave it empty to have one made.";
        if (id.Length > MaxIdLength) return $"The event id has {id.Length} characters. Use {MaxIdLength} at most.";
        return id.AsSpan().ContainsAnyExcept(IdChars)
            ? $"The event id {Quote.Of(id)} has characters other than visible ASCII, or a '.', which parts the fields of signed content. Replace them, for example by '-'."
            : null;
    }

    private string? FindDataFault(WebhookEvent webhookEvent, bool isOwnJson)
    {
        var data = webhookEvent.Data.Span;
        if (data.Length > options.MaxEventBytes)
        {
            return $"The data of event type '{webhookEvent.Type}' has {data.Length:N0} bytes; the limit is {options.MaxEventBytes:N0}. "
                + "Send less (an id that receivers can look up), or raise WebhookOptions.MaxEventBytes.";
        }

        if (webhookEvent.ContentType is null) return $"The content type of the data of event type '{webhookEvent.Type}' is null. Leave it out for JSON.";
        return isOwnJson || !EventEnvelope.IsJson(webhookEvent.ContentType) ? null : FindJsonFault(webhookEvent);
    }

    private static string? FindJsonFault(WebhookEvent webhookEvent)
    {
        try
        {
            var reader = new Utf8JsonReader(webhookEvent.Data.Span);
            while (reader.Read())
            {
                // A string is decoded only when it is asked for: malformed UTF-8 must not pass.
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) _ = reader.GetString();
            }

            return System.Text.Unicode.Utf8.IsValid(webhookEvent.Data.Span) ? null : $"The data of event type '{webhookEvent.Type}' is not valid UTF-8.";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return $"The data of event type '{webhookEvent.Type}' is not JSON: {fault.Message} Pass one JSON value, or set ContentType.";
        }
    }
}
