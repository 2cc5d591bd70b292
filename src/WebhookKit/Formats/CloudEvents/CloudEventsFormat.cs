using WebhookKit.Profiles;

namespace WebhookKit.Formats.CloudEvents;

/// <summary>CloudEvents 1.0 over HTTP: structured, binary (the setting <c>mode</c>), and batched for a subscription that batches.</summary>
internal sealed class CloudEventsFormat(string source) : IWebhookFormat, IWebhookReader
{
    public const string ModeSetting = "mode";
    private const string Structured = "structured";
    private const string Binary = "binary";
    private const string ContentType = "application/cloudevents+json; charset=utf-8";
    private const string BatchContentType = "application/cloudevents-batch+json; charset=utf-8";

    public bool CanBatch(WebhookSubscription subscription) => ProfileSettings.Find(subscription, ModeSetting) != Binary;

    public IReadOnlyList<ProfileSetting> Settings { get; } =
    [
        new()
        {
            Name = ModeSetting,
            Label = "Content mode",
            Description = "Whether what there is to know of an event stands in the body together with its data, or in headers beside it.",
            Type = ProfileSettingType.Choice,
            Choices = [new(Structured, "Structured: all in the body"), new(Binary, "Binary: in ce- headers")],
            Default = Structured,
        },
    ];

    public IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) => ProfileSettings.FindFaults(subscription, Settings);

    public WebhookContent Format(in FormatContext context)
    {
        var url = context.Subscription.Url;
        if (!CanBatch(context.Subscription)) return BinaryMode.Format(context.Events[0], source, url);

        var body = new JsonBody(context.Events.Sum(e => e.Data.Length + 256));
        if (!context.IsBatch)
        {
            StructuredMode.Write(body, context.Events[0], source);
            return new WebhookContent { Uri = url, ContentType = ContentType, Body = body.Bytes };
        }

        for (var i = 0; i < context.Events.Count; i++)
        {
            body.Raw(i == 0 ? "["u8 : ","u8);
            StructuredMode.Write(body, context.Events[i], source);
        }

        body.Raw("]"u8);
        return new WebhookContent { Uri = url, ContentType = BatchContentType, Body = body.Bytes };
    }

    public WebhookReading Read(in VerificationContext context)
    {
        var contentType = context.FindHeader("Content-Type") ?? "";
        if (contentType.StartsWith("application/cloudevents-batch", StringComparison.OrdinalIgnoreCase))
        {
            if (!JsonSlices.TryReadArray(context.Body, out var items)) return WebhookReading.Malformed("The body is no JSON array of a bearable length.");
            List<WebhookEvent> events = [];
            foreach (var item in items)
            {
                if (StructuredMode.Read(item) is not { } webhookEvent) return WebhookReading.Malformed("An item of the body's array is no CloudEvent in JSON.");
                events.Add(webhookEvent);
            }

            return WebhookReading.Of(events);
        }

        if (contentType.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase))
            return StructuredMode.Read(context.Body) is { } webhookEvent ? WebhookReading.Of(webhookEvent) : WebhookReading.Malformed("The body is no CloudEvent in JSON.");
        return BinaryMode.Read(context, contentType);
    }
}
