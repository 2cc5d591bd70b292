using WebhookKit.Profiles;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Formats;

/// <summary>
/// Mailjet: the data's members beside <c>event</c> and <c>time</c>. Version 1 posts one such object, version 2 a list of those of the
/// last second. The retries of a subscription with a backup URL take turns between the two.
/// </summary>
internal sealed class MailjetFormat : IWebhookFormat, IWebhookReader
{
    public const string VersionSetting = "version";
    public const string BackupUrlSetting = "backup_url";
    private const string One = "1";
    private const string Two = "2";
    private const string TypeName = "event";
    private const string TimeName = "time";

    public IReadOnlyList<ProfileSetting> Settings { get; } =
    [
        new()
        {
            Name = VersionSetting,
            Label = "Version",
            Description = "Whether each event is a request by itself, or those of a second are sent together.",
            Type = ProfileSettingType.Choice,
            Choices = [new(One, "1: one event a request"), new(Two, "2: the events of a second together")],
            Default = Two,
        },
        new() { Name = BackupUrlSetting, Label = "Backup URL", Description = "Where every second attempt goes when the first has failed.", Type = ProfileSettingType.Url },
    ];

    public bool CanBatch(WebhookSubscription subscription) => ProfileSettings.Find(subscription, VersionSetting) is null or Two;

    public IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) =>
    [
        .. ProfileSettings.FindFaults(subscription, Settings),
        .. FindBackupFaults(subscription),
    ];

    public IEnumerable<KeyValuePair<string, Uri>> FindOtherUrls(WebhookSubscription subscription) =>
        ProfileSettings.Find(subscription, BackupUrlSetting) is { } text && Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var url) ? [new(BackupUrlSetting, url)] : [];

    public WebhookContent Format(in FormatContext context)
    {
        var isList = CanBatch(context.Subscription);
        var body = new JsonBody(context.Events.Sum(e => e.Data.Length + 64) + 2);
        for (var i = 0; i < context.Events.Count; i++)
        {
            if (isList) body.Raw(i == 0 ? "["u8 : ","u8);
            EventData.WriteFlat(body, context.Events[i], TypeName, TimeName);
        }

        if (isList) body.Raw("]"u8);
        return new WebhookContent { Uri = UrlFor(context), ContentType = WebhookEvent.JsonContentType, Body = body.Bytes };
    }

    public WebhookReading Read(in VerificationContext context)
    {
        if (JsonSlices.TryReadObject(context.Body, out var single)) return WebhookReading.Of(Event(single, context.Body));
        if (!JsonSlices.TryReadArray(context.Body, out var items)) return WebhookReading.Malformed("The body is neither a JSON object nor a JSON array of a bearable length.");

        List<WebhookEvent> events = [];
        foreach (var item in items)
        {
            if (!JsonSlices.TryReadObject(item, out var members)) return WebhookReading.Malformed("An item of the body's array is no JSON object.");
            events.Add(Event(members, item));
        }

        return WebhookReading.Of(events);
    }

    private static WebhookEvent Event(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, ReadOnlyMemory<byte> json) =>
        new() { Type = members.GetText(TypeName) ?? "", OccurredAt = members.GetUnixTime(TimeName), Data = json };

    /// <summary>
    /// Every second attempt goes to the backup. While two passwords take turns with the attempts, two go to each, so that both are tried
    /// with both.
    /// </summary>
    private static Uri UrlFor(in FormatContext context)
    {
        if (context.AttemptNumber == 0 || ProfileSettings.Find(context.Subscription, BackupUrlSetting) is not { } backup) return context.Subscription.Url;
        var turn = (context.AttemptNumber - 1) / (context.Subscription.Secrets.Count > 1 ? 2 : 1);
        return turn % 2 == 0 ? context.Subscription.Url : new Uri(backup);
    }

    private static IEnumerable<WebhookFieldError> FindBackupFaults(WebhookSubscription subscription)
    {
        if (ProfileSettings.Find(subscription, BackupUrlSetting) is { } text && !Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _))
            yield return ProfileSettings.Fault(BackupUrlSetting, $"is '{UrlRules.Shown(text)}', which is no absolute https URL. Use one such as https://example.com/backup.");
    }
}
