namespace WebhookKit.AspNetCore.Mailjet;

/// <summary>One URL as Mailjet has them: that of a webhook, or its backup, whose number is the next one.</summary>
internal sealed record CallbackUrl(WebhookSubscription Webhook, bool IsBackup)
{
    public const string VersionSetting = "version";
    public const string BackupSetting = "backup_url";

    public long Id => long.Parse(Webhook.Id, System.Globalization.CultureInfo.InvariantCulture) + (IsBackup ? 1 : 0);

    public string EventType => Webhook.EventTypes is [var only] ? only : "*";

    public string Url => IsBackup ? Webhook.Settings[BackupSetting] : Webhook.Url.OriginalString;

    public int Version => Webhook.Settings.GetValueOrDefault(VersionSetting) == "1" ? 1 : 2;

    /// <summary>Mailjet calls a URL dead that it has given up.</summary>
    public bool IsAlive => Webhook.Status != SubscriptionStatus.Disabled;

    public static bool HasBackup(WebhookSubscription webhook) => webhook.Settings.ContainsKey(BackupSetting);

    /// <summary>What stands for a webhook here; nothing, if it is none of Mailjet's.</summary>
    public static IEnumerable<CallbackUrl> Of(WebhookSubscription webhook)
    {
        if (!IsOne(webhook)) yield break;
        yield return new CallbackUrl(webhook, IsBackup: false);
        if (HasBackup(webhook)) yield return new CallbackUrl(webhook, IsBackup: true);
    }

    /// <summary>Whether it is Mailjet's and has a number for its id, as those have that were not given one by the host.</summary>
    public static bool IsOne(WebhookSubscription webhook) =>
        webhook.Profile == WebhookProfiles.Mailjet.Name && webhook.Id.Length < 19 + 1 && webhook.Id.All(char.IsAsciiDigit);
}
