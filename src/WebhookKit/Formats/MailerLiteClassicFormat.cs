using WebhookKit.Profiles;

namespace WebhookKit.Formats;

/// <summary>
/// MailerLite Classic: always a list, <c>{"events":[{"account_id":…,"data":…,"timestamp":…,"type":"…","webhook_id":…}]}</c>. The
/// account is the setting <c>account_id</c>, or else the tenant.
/// </summary>
internal sealed class MailerLiteClassicFormat : IWebhookFormat, IWebhookReader
{
    public const string AccountIdSetting = "account_id";

    public bool CanBatch(WebhookSubscription subscription) => true;

    public IReadOnlyList<ProfileSetting> Settings { get; } =
    [
        new() { Name = AccountIdSetting, Label = "Account", Description = "The account that is named in each event. The tenant, unless it is set." },
    ];

    public IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) => ProfileSettings.FindFaults(subscription, Settings);

    public WebhookContent Format(in FormatContext context)
    {
        var subscription = context.Subscription;
        var account = ProfileSettings.Find(subscription, AccountIdSetting) ?? subscription.TenantId;
        var body = new JsonBody(context.Events.Sum(e => e.Data.Length + 128) + 32);
        body.Raw("{\"events\":["u8);
        for (var i = 0; i < context.Events.Count; i++)
        {
            var webhookEvent = context.Events[i];
            body.Raw(i == 0 ? "{\"account_id\":"u8 : ",{\"account_id\":"u8).Id(account)
                .Raw(",\"data\":"u8).Raw(EventData.Json(webhookEvent))
                .Raw(",\"timestamp\":"u8).Number(webhookEvent.OccurredAt.ToUnixTimeSeconds())
                .Raw(",\"type\":"u8).Text(webhookEvent.Type)
                .Raw(",\"webhook_id\":"u8).Id(subscription.Id)
                .Raw("}"u8);
        }

        body.Raw("]}"u8);
        return new WebhookContent { Uri = subscription.Url, ContentType = WebhookEvent.JsonContentType, Body = body.Bytes };
    }

    public WebhookReading Read(in VerificationContext context)
    {
        if (!JsonSlices.TryReadObject(context.Body, out var members)
            || !members.TryGetValue("events", out var list)
            || !JsonSlices.TryReadArray(list, out var items))
            return WebhookReading.Malformed("The body is no JSON object with an array 'events' of a bearable length.");

        List<WebhookEvent> events = [];
        foreach (var item in items)
        {
            if (!JsonSlices.TryReadObject(item, out var ofItem)) return WebhookReading.Malformed("An item of the body's 'events' is no JSON object.");
            events.Add(new WebhookEvent
            {
                Type = ofItem.GetText("type") ?? "",
                OccurredAt = ofItem.GetUnixTime("timestamp"),
                Data = ofItem.GetValueOrDefault("data"),
            });
        }

        return WebhookReading.Of(events);
    }
}
