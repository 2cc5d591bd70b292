using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests;

/// <summary>The ready catalogues have the names that receivers know, and can be used as they are.</summary>
public sealed class WebhookEventTypesTests
{
    [Test]
    public void MailerLite_Names_AreThoseOfTheSystem()
    {
        Assert.That(
            WebhookEventTypes.MailerLite.Select(t => t.Name),
            Is.EqualTo(Names(
                "subscriber", "created updated unsubscribed added_to_group removed_from_group added_through_form bounced automation_triggered automation_completed spam_reported deleted active")
                .Concat(Names("campaign", "sent open click"))));
        Assert.That(WebhookEventTypes.MailerLite.Where(t => t.BatchingRequired).Select(t => t.Name), Is.EquivalentTo(new[] { "campaign.open", "campaign.click", "subscriber.deleted" }));
    }

    [Test]
    public void OtherCatalogues_Names_AreThoseOfTheSystems() => Assert.Multiple(() =>
    {
        Assert.That(
            WebhookEventTypes.MailerLiteClassic.Select(t => t.Name),
            Is.EqualTo(Names(
                "subscriber", "create active update unsubscribe add_to_group remove_from_group added_through_webform bounced complaint automation_triggered automation_complete")
                .Append("campaign.sent")));
        Assert.That(WebhookEventTypes.Mailjet.Select(t => t.Name), Is.EqualTo("sent open click bounce blocked spam unsub".Split(' ')));
        Assert.That(WebhookEventTypes.MailUp.Select(t => t.Name), Is.EqualTo("Subscribe Unsubscribe Changeprofile Delete".Split(' ')));
    });

    [Test]
    public async Task AddEventTypes_AllTogether_CanBePublished()
    {
        // Two systems share names, with descriptions of their own: a host takes one of them.
        var all = WebhookEventTypes.MailerLite.Concat(WebhookEventTypes.Mailjet).Concat(WebhookEventTypes.MailUp).ToArray();
        await using var harness = await WebhookTestHarness.StartAsync(webhooks => webhooks.AddEventTypes(all));
        foreach (var type in all) Assert.That((await harness.Publisher.PublishAsync(type.Name, 1)).Deliveries, Is.Zero);
        Assert.That(all, Has.All.Property("Description").Length.GreaterThan(15));
    }

    private static IEnumerable<string> Names(string first, string rest) => rest.Split(' ').Select(name => $"{first}.{name}");
}
