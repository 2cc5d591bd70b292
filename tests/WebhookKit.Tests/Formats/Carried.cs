namespace WebhookKit.Tests.Formats;

/// <summary>What each dialect carries of an event beside its data.</summary>
internal static class Carried
{
    public static bool HasType(this WebhookProfile profile) => profile.Name is not ("Raw" or "Stripe" or "Slack");

    public static bool HasId(this WebhookProfile profile) => profile.Name is "StandardWebhooks" or "Svix" or "CloudEvents" or "GitHub" or "Shopify";

    public static DateTimeOffset TimeOf(this WebhookProfile profile, WebhookEvent webhookEvent) => profile.Name switch
    {
        "StandardWebhooks" or "Svix" or "CloudEvents" or "Shopify" => webhookEvent.OccurredAt,
        "MailerLiteClassic" or "Mailjet" => DateTimeOffset.FromUnixTimeSeconds(webhookEvent.OccurredAt.ToUnixTimeSeconds()),
        _ => default,
    };
}
