using System.Buffers;
using WebhookKit.Profiles;

namespace WebhookKit.Formats;

/// <summary>
/// The payload of Standard Webhooks 1.0: <c>{"type":"…","timestamp":"…","data":…}</c>, posted as JSON. A subscription that batches
/// gets an array of the same objects, each with its event's <c>"id"</c> first, by which receivers drop duplicates one by one.
/// </summary>
/// <remarks><see cref="EventEnvelope"/> says how data that is not JSON is carried.</remarks>
internal sealed class StandardWebhooksFormat : IWebhookFormat, IWebhookReader
{
    public bool CanBatch(WebhookSubscription subscription) => true;

    public IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) => ProfileSettings.FindFaults(subscription, []);

    public WebhookContent Format(in FormatContext context) => new()
    {
        Uri = context.Subscription.Url,
        ContentType = WebhookEvent.JsonContentType,
        Body = (context.IsBatch, context.Events.Count) switch
        {
            (_, 0) => throw new ArgumentException("There is no event to format. Pass at least one.", nameof(context)),
            (true, _) => FormatBatch(context.Events),
            (false, 1) => FormatSingle(context.Events[0]),
            (false, var count) => throw new ArgumentException($"There are {count} events for a subscription that does not batch. Pass one.", nameof(context)),
        },
    };

    public WebhookReading Read(in VerificationContext context)
    {
        if (EventEnvelope.TryRead(context.Body, context.MessageId ?? "", out var single)) return WebhookReading.Of(single);
        if (!JsonSlices.TryReadArray(context.Body, out var items)) return WebhookReading.Malformed("The body is neither a JSON object nor a JSON array of a bearable length.");

        List<WebhookEvent> events = [];
        foreach (var item in items)
        {
            if (!EventEnvelope.TryRead(item, null, out var webhookEvent)) return WebhookReading.Malformed("An item of the body's array is no JSON object.");
            events.Add(webhookEvent);
        }

        return WebhookReading.Of(events);
    }

    private static byte[] FormatSingle(WebhookEvent webhookEvent)
    {
        var envelope = new EventEnvelope(webhookEvent, withId: false);
        var body = new byte[envelope.Length];
        var writer = new Utf8Cursor(body);
        envelope.WriteTo(ref writer);
        return body;
    }

    private static byte[] FormatBatch(IReadOnlyList<WebhookEvent> events)
    {
        var rented = ArrayPool<EventEnvelope>.Shared.Rent(events.Count);
        try
        {
            var envelopes = rented.AsSpan(0, events.Count);
            var length = events.Count + 1; // brackets, and commas between
            for (var i = 0; i < envelopes.Length; i++)
            {
                envelopes[i] = new EventEnvelope(events[i], withId: true);
                length = checked(length + envelopes[i].Length);
            }

            var body = new byte[length];
            var writer = new Utf8Cursor(body);
            for (var i = 0; i < envelopes.Length; i++)
            {
                writer.Write(i == 0 ? "["u8 : ","u8);
                envelopes[i].WriteTo(ref writer);
            }

            writer.Write("]"u8);
            return body;
        }
        finally
        {
            ArrayPool<EventEnvelope>.Shared.Return(rented, clearArray: true);
        }
    }
}
