using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Profiles;

/// <summary>What Mailjet does otherwise than the rest: its success, its batches and its backup URL.</summary>
public sealed class MailjetTests
{
    private const string Backup = "https://example.com/backup";

    [TestCase(200, true)]
    [TestCase(201, false)]
    [TestCase(202, false)]
    [TestCase(204, false)]
    [TestCase(302, false)]
    public async Task Answer_OnlyExactly200_IsASuccess(int statusCode, bool succeeds)
    {
        await using var harness = await StartAsync();
        harness.Receiver.Reply(statusCode);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(succeeds ? DeliveryStatus.Succeeded : DeliveryStatus.Pending));
    }

    [Test]
    public async Task Version2_ByDefault_SendsTheEventsOfASecondAsOneList()
    {
        await using var harness = await StartAsync();
        for (var i = 0; i < 3; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(999));
        Assert.That(harness.Requests, Is.Empty);

        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(1));

        Assert.That(harness.Requests.Single().BodyText, Is.EqualTo(
            """[{"event":"a.b","time":1893456000,"number":0},{"event":"a.b","time":1893456000,"number":1},{"event":"a.b","time":1893456000,"number":2}]"""));
    }

    [Test]
    public async Task Version1_SendsEachAloneAndAtOnce()
    {
        await using var harness = await StartAsync(("version", "1"));
        for (var i = 0; i < 3; i++) await harness.PublishAsync(i);

        await harness.DrainAsync();

        Assert.That(harness.Requests.Select(r => r.BodyText).Order(), Is.EqualTo(new[]
        {
            """{"event":"a.b","time":1893456000,"number":0}""", """{"event":"a.b","time":1893456000,"number":1}""", """{"event":"a.b","time":1893456000,"number":2}""",
        }));
    }

    [Test]
    public async Task Batching_SaidBySubscription_GoesBeforeTheProfiles()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);

        var subscription = await harness.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxEvents = 7 } });

        Assert.That(subscription.Batching, Is.EqualTo(new BatchingOptions { MaxEvents = 7 }));
    }

    [Test]
    public async Task BackupUrl_Failing_TakesEverySecondAttemptWithTheSamePassword()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);
        await harness.SubscribeAsync(s => s with
        {
            Url = new Uri("https://ada:geheim@example.com/hooks"),
            Settings = new Dictionary<string, string> { ["backup_url"] = Backup },
        });
        harness.Receiver.Reply(500);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.That(harness.Requests.Select(r => r.Uri.AbsoluteUri), Is.EqualTo(Enumerable.Range(0, 21).Select(i => i % 2 == 0 ? Engine.Url : Backup)));
        Assert.That(harness.Requests.Select(r => r.Headers["Authorization"]), Is.All.EqualTo("Basic " + Convert.ToBase64String("ada:geheim"u8)));
        Assert.That(harness.Requests.Select(r => r.BodyText).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task BackupUrl_MainIsDown_DeliversWithTheSecondAttempt()
    {
        await using var harness = await StartAsync(("backup_url", Backup));
        harness.Receiver.For(Engine.Url).Reply(503);
        harness.Receiver.For(Backup).Reply(200);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromSeconds(31));

        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task BackupUrl_TestEvent_GoesToTheMainUrl()
    {
        await using var harness = await StartAsync(("backup_url", Backup));
        var subscription = (await harness.Subscriptions.ListAsync(new SubscriptionQuery())).Items.Single();

        await harness.Subscriptions.SendTestEventAsync(subscription.Id);

        Assert.That(harness.Requests.Single().Uri.AbsoluteUri, Is.EqualTo(Engine.Url));
        Assert.That(harness.Requests.Single().BodyText, Does.StartWith("[{\"event\":\"webhook.test\",\"time\":").And.EndWith(",\"test\":true}]"));
    }

    [Test]
    public async Task Suspended_EnabledAgain_Delivers()
    {
        await using var harness = await StartAsync();
        harness.Receiver.Reply([.. Enumerable.Repeat(500, 21), 200]);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromDays(1));
        var subscription = (await harness.Subscriptions.ListAsync(new SubscriptionQuery())).Items.Single();
        Assert.That((subscription.Status, subscription.StatusReason!.Contains("every attempt", StringComparison.Ordinal)), Is.EqualTo((SubscriptionStatus.Disabled, true)));

        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.That(harness.Requests[^1].BodyText, Does.Contain("\"number\":2"));
    }

    /// <summary>With a backup, and a password that has just been changed.</summary>
    private static async Task<WebhookTestHarness> StartRotatingAsync(TimeSpan overlap)
    {
        var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);
        var subscription = await harness.SubscribeAsync(s => s with
        {
            Url = new Uri("https://u:old@example.com/hooks"),
            Settings = new Dictionary<string, string> { ["backup_url"] = Backup },
        });
        await harness.Subscriptions.RotateSecretAsync(subscription.Id, "u:new", overlap);
        return harness;
    }

    /// <summary>Publishes an event, of which four attempts fail.</summary>
    private static async Task PublishToFailAsync(WebhookTestHarness harness)
    {
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(92));
    }

    private static async Task<WebhookTestHarness> StartAsync(params (string Name, string Value)[] settings)
    {
        var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);
        await harness.SubscribeAsync(s => s with { Settings = settings.ToDictionary(x => x.Name, x => x.Value) });
        return harness;
    }

    [Test]
    public async Task UpdateAsync_ProfileOrVersionChanged_BatchingFollows()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailUp);
        var subscription = await harness.SubscribeAsync();
        Assert.That(subscription.Batching, Is.Null);

        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Profile = "Mailjet" });
        Assert.That(subscription.Batching, Is.EqualTo(WebhookProfiles.Mailjet.Batching));
        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Name = "as it was" });
        Assert.That(subscription.Batching, Is.EqualTo(WebhookProfiles.Mailjet.Batching));
        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Settings = new Dictionary<string, string> { ["version"] = "1" } });
        Assert.That(subscription.Batching, Is.Null);
        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Settings = new Dictionary<string, string> { ["version"] = "2" } });
        Assert.That(subscription.Batching, Is.EqualTo(WebhookProfiles.Mailjet.Batching));
        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Profile = "MailUp", Settings = new Dictionary<string, string>() });
        Assert.That(subscription.Batching, Is.Null);
    }

    [Test]
    public async Task BackupUrl_WhileRotating_BothServersAreTriedWithBothPasswords()
    {
        await using var harness = await StartRotatingAsync(TimeSpan.FromDays(1));
        await PublishToFailAsync(harness);
        Assert.That(
            harness.Requests.Select(r => (r.Uri.AbsolutePath, r.Headers["Authorization"])).Distinct().Count(), Is.EqualTo(4), "in four attempts");
    }

    [Test]
    public async Task BackupUrl_OverlapHasEnded_EverySecondAttemptGoesThereAgain()
    {
        await using var harness = await StartRotatingAsync(TimeSpan.FromHours(1));
        await harness.AdvanceAsync(TimeSpan.FromDays(1));
        await PublishToFailAsync(harness);
        Assert.That(harness.Requests.Select(r => r.Uri.AbsoluteUri).Take(4), Is.EqualTo(new[] { Engine.Url, Backup, Engine.Url, Backup }));
    }

    [Test]
    public async Task UpdateAsync_BatchingSwitchedOff_StaysOffWhenSettingsChange()
    {
        await using var harness = await StartAsync();
        var subscription = (await harness.Subscriptions.ListAsync(new SubscriptionQuery())).Items.Single();
        var settings = new Dictionary<string, string> { ["backup_url"] = Backup };
        var together = await harness.Subscriptions.UpdateAsync(subscription with { Batching = null, Settings = settings });
        Assert.That(together.Batching, Is.Null);
        var later = await harness.Subscriptions.UpdateAsync(together with { Settings = new Dictionary<string, string>() });
        Assert.That(later.Batching, Is.Null);
    }

    [Test]
    public async Task UpdateAsync_BackupUrlOnAnotherServer_TakesNoPasswordThere()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);
        var subscription = await harness.SubscribeAsync(s => s with { Url = new Uri("https://u:p@example.com/hooks") });
        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Settings = new Dictionary<string, string> { ["backup_url"] = Backup } });
        Assert.That(subscription.Secrets, Has.Count.EqualTo(1), "it is the same server");
        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Settings = new Dictionary<string, string> { ["backup_url"] = "https://evil.test/x" } });
        Assert.That(subscription.Secrets, Is.Empty);
    }
}
