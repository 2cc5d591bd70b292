using WebhookKit;

namespace QuickStart;

/// <summary>The event types that can be published: those of an e-mail marketing service.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<WebhookEventType> EventTypes { get; } =
    [
        new("subscriber.created", "Fires when a new subscriber is added to an account."),
        new("subscriber.updated", "Fires when any of the subscriber's custom fields are updated."),
        new("subscriber.unsubscribed", "Fires when a subscriber becomes unsubscribed."),
        new("subscriber.added_to_group", "Fires when a subscriber is added to a group."),
        new("subscriber.removed_from_group", "Fires when a subscriber is removed from a group."),
        new("subscriber.added_through_form", "Fires when a subscriber is added through a form."),
        new("subscriber.bounced", "Fires when an e-mail address bounces."),
        new("subscriber.automation_triggered", "Fires when a subscriber starts an automation."),
        new("subscriber.automation_completed", "Fires when a subscriber finishes an automation."),
        new("subscriber.spam_reported", "Fires when a subscriber marks a campaign as spam."),
        new("subscriber.deleted", "Fires when a subscriber is deleted.", BatchingRequired: true),
        new("subscriber.active", "Fires when a subscriber becomes active."),
        new("campaign.sent", "Fires when a campaign is sent."),
        new("campaign.open", "Fires when a subscriber opens a campaign.", BatchingRequired: true),
        new("campaign.click", "Fires when a subscriber clicks a link in a campaign.", BatchingRequired: true),
    ];

    public static bool NeedsBatching(string eventType) => EventTypes.Any(known => known.Name == eventType && known.BatchingRequired);
}
