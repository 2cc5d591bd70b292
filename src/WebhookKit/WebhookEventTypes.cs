namespace WebhookKit;

/// <summary>The event types of systems whose receivers WebhookKit can serve, for <see cref="IWebhooksBuilder.AddEventTypes"/>.</summary>
/// <example><code>services.AddWebhooks().AddEventTypes(WebhookEventTypes.MailerLite)</code></example>
public static class WebhookEventTypes
{
    /// <summary>MailerLite's. Those that come in masses are only for subscriptions that batch.</summary>
    public static IReadOnlyList<WebhookEventType> MailerLite { get; } =
    [
        new("subscriber.created", "A subscriber was added to the account for the first time."),
        new("subscriber.updated", "A field of a subscriber changed."),
        new("subscriber.unsubscribed", "A subscriber no longer wants e-mail."),
        new("subscriber.added_to_group", "A subscriber joined a group."),
        new("subscriber.removed_from_group", "A subscriber left a group."),
        new("subscriber.added_through_form", "A subscriber filled in a sign-up form."),
        new("subscriber.bounced", "An e-mail to a subscriber came back as undeliverable."),
        new("subscriber.automation_triggered", "A subscriber entered an automation."),
        new("subscriber.automation_completed", "A subscriber reached the end of an automation."),
        new("subscriber.spam_reported", "A subscriber marked an e-mail as spam."),
        new("subscriber.deleted", "A subscriber was deleted from the account.", BatchingRequired: true),
        new("subscriber.active", "A subscriber became active, for example by confirming the address."),
        new("campaign.sent", "A campaign went out to all its recipients."),
        new("campaign.open", "A subscriber opened an e-mail of a campaign.", BatchingRequired: true),
        new("campaign.click", "A subscriber followed a link in an e-mail of a campaign.", BatchingRequired: true),
    ];

    /// <summary>MailerLite Classic's.</summary>
    public static IReadOnlyList<WebhookEventType> MailerLiteClassic { get; } =
    [
        new("subscriber.create", "A subscriber was added to the account for the first time."),
        new("subscriber.active", "A subscriber became active, for example by confirming the address."),
        new("subscriber.update", "A field of a subscriber changed."),
        new("subscriber.unsubscribe", "A subscriber no longer wants e-mail."),
        new("subscriber.add_to_group", "A subscriber joined a group."),
        new("subscriber.remove_from_group", "A subscriber left a group."),
        new("subscriber.added_through_webform", "A subscriber filled in a sign-up form."),
        new("subscriber.bounced", "An e-mail to a subscriber came back as undeliverable."),
        new("subscriber.complaint", "A subscriber marked an e-mail as spam."),
        new("subscriber.automation_triggered", "A subscriber entered an automation."),
        new("subscriber.automation_complete", "A subscriber reached the end of an automation."),
        new("campaign.sent", "A campaign went out to all its recipients."),
    ];

    /// <summary>Mailjet's.</summary>
    public static IReadOnlyList<WebhookEventType> Mailjet { get; } =
    [
        new("sent", "The recipient's mail server took a message."),
        new("open", "A recipient opened a message."),
        new("click", "A recipient followed a link in a message."),
        new("bounce", "A message could not be delivered, for now or for good."),
        new("blocked", "A message was not sent, because it was bound to fail or the recipient is on a block list."),
        new("spam", "A recipient reported a message as spam."),
        new("unsub", "A recipient unsubscribed."),
    ];

    /// <summary>MailUp's.</summary>
    public static IReadOnlyList<WebhookEventType> MailUp { get; } =
    [
        new("Subscribe", "A recipient subscribed to a list."),
        new("Unsubscribe", "A recipient unsubscribed from a list."),
        new("Changeprofile", "A recipient's data or groups changed."),
        new("Delete", "A recipient was deleted from a list."),
    ];
}
