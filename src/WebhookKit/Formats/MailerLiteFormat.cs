using WebhookKit.Profiles;

namespace WebhookKit.Formats;

/// <summary>
/// MailerLite: the data's members beside the event's type, <c>{"event":"subscriber.created",…}</c>; batched,
/// <c>{"events":[{"type":"campaign.open",…}],"total":1}</c>.
/// </summary>
internal sealed class MailerLiteFormat(string typeName, string batchTypeName) : IWebhookFormat, IWebhookReader
{
    public bool CanBatch(WebhookSubscription subscription) => true;

    public IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) => ProfileSettings.FindFaults(subscription, []);

    public WebhookContent Format(in FormatContext context)
    {
        var body = new JsonBody(context.Events.Sum(e => e.Data.Length + 64) + 32);
        if (context.IsBatch)
            WriteBatch(body, context.Events);
        else
            EventData.WriteFlat(body, context.Events[0], typeName);
        return new WebhookContent { Uri = context.Subscription.Url, ContentType = WebhookEvent.JsonContentType, Body = body.Bytes };
    }

    public WebhookReading Read(in VerificationContext context)
    {
        if (!JsonSlices.TryReadObject(context.Body, out var members)) return WebhookReading.Malformed("The body is no JSON object.");
        // What tells its type is one event, whatever members its data has.
        if (members.ContainsKey(typeName) || !members.TryGetValue("events", out var list) || !members.ContainsKey("total")) return WebhookReading.Of(Event(members, context.Body, typeName, batchTypeName));
        if (!JsonSlices.TryReadArray(list, out var items)) return WebhookReading.Malformed("The body's 'events' is no JSON array, or is too long.");

        List<WebhookEvent> events = [];
        foreach (var item in items)
        {
            if (!JsonSlices.TryReadObject(item, out var ofItem)) return WebhookReading.Malformed("An item of the body's 'events' is no JSON object.");
            events.Add(Event(ofItem, item, batchTypeName, typeName));
        }

        return WebhookReading.Of(events);
    }

    private void WriteBatch(JsonBody body, IReadOnlyList<WebhookEvent> events)
    {
        body.Raw("{\"events\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0) body.Raw(","u8);
            EventData.WriteFlat(body, events[i], batchTypeName);
        }

        body.Raw("],\"total\":"u8).Number(events.Count).Raw("}"u8);
    }

    /// <summary>MailerLite itself tells the type of some events under the other name.</summary>
    private static WebhookEvent Event(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, ReadOnlyMemory<byte> json, string typeName, string otherName) =>
        new() { Type = members.GetText(typeName) ?? members.GetText(otherName) ?? "", Data = json };
}
