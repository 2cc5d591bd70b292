using WebhookKit.Profiles;

namespace WebhookKit.Formats;

/// <summary>The event's data as it is, with its own content type; what is to be known of the event goes into headers.</summary>
internal sealed class AsGivenFormat(params HeaderSource[] headers) : IWebhookFormat, IWebhookReader
{
    public bool CanBatch(WebhookSubscription subscription) => false;

    public IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) => ProfileSettings.FindFaults(subscription, []);

    public WebhookContent Format(in FormatContext context)
    {
        var webhookEvent = context.Events[0];
        WebhookHeaders? written = null;
        foreach (var header in headers) (written ??= []).Add(header.Name, header.Value(context));
        return new WebhookContent
        {
            Uri = context.Subscription.Url,
            ContentType = EventData.MediaType(webhookEvent),
            Body = webhookEvent.Data,
            Headers = written,
        };
    }

    public WebhookReading Read(in VerificationContext context) => WebhookReading.Of(new WebhookEvent
    {
        Id = context.MessageId ?? Find(context, HeaderPart.Id) ?? "",
        Type = Find(context, HeaderPart.Type) ?? Find(context, HeaderPart.Topic)?.Replace('/', '.') ?? "",
        OccurredAt = Find(context, HeaderPart.Time) is { } time ? IsoTime.Parse(time) : default,
        ContentType = context.FindHeader("Content-Type") ?? WebhookEvent.JsonContentType,
        Data = context.Body,
    });

    private string? Find(in VerificationContext context, HeaderPart part)
    {
        foreach (var header in headers)
        {
            if (header.Part == part) return context.FindHeader(header.Name);
        }

        return null;
    }
}
