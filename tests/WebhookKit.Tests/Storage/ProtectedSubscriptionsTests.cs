using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Storage;

/// <summary>Secrets at rest: the store sees them protected, everybody else as they are.</summary>
public sealed class ProtectedSubscriptionsTests
{
    [Test]
    public async Task Secrets_OnTheWayIn_AreProtectedForTheirTenant()
    {
        await using var harness = await StartAsync(new Reverser());
        var subscription = await SubscribeAsync(harness);
        await harness.Subscriptions.RotateSecretAsync(subscription.Id);
        subscription = await harness.Subscriptions.UpdateAsync((await harness.Subscriptions.GetAsync(subscription.Id))! with { Name = "renamed" });

        var stored = (await harness.Services.GetRequiredService<IWebhookStore>().GetSubscriptionAsync(subscription.Id, default))!;
        var listed = (await harness.Subscriptions.ListAsync(new SubscriptionQuery { AllTenants = true })).Items.Single();
        Assert.Multiple(() =>
        {
            Assert.That(subscription.Secrets.Select(s => s.Value), Has.All.StartsWith("whsec_").And.Exactly(2).Items);
            Assert.That(listed.Secrets, Is.EqualTo(subscription.Secrets));
            Assert.That(listed.Headers["X-Key"], Is.EqualTo("open sesame"));
            Assert.That(stored.Secrets.Select(s => s.Value), Has.All.StartsWith("acme:").And.All.EndsWith("_ceshw"));
            Assert.That(stored.Headers["X-Key"], Is.EqualTo("acme:emases nepo"));
        });
    }

    [Test]
    public async Task Deliver_ProtectedSecret_SignsAndSendsAsIfItWereNot()
    {
        await using var harness = await StartAsync(new Reverser());
        var subscription = await SubscribeAsync(harness);
        await harness.PublishAsync(1, new PublishOptions { TenantId = "acme" });
        await harness.DrainAsync();
        var request = harness.Requests.Single();
        var verifier = new WebhookVerifier(WebhookProfiles.StandardWebhooks, [subscription.Secrets[0].Value], harness.Clock);
        Assert.That(verifier.Verify(request.Headers, request.Body).IsValid, Is.True);
        Assert.That(request.Headers["X-Key"], Is.EqualTo("open sesame"));
    }

    [Test]
    public async Task Deliver_KeyIsGone_WaitsUntilItIsBackAndOthersGoOn()
    {
        var protector = new Reverser();
        await using var harness = await StartAsync(protector);
        var subscription = await SubscribeAsync(harness);
        protector.LostTenant = "acme";
        await SubscribeAsync(harness, tenant: "other");
        await harness.Subscriptions.UpdateAsync((await harness.Subscriptions.GetAsync(subscription.Id))! with { Name = "renamed" });
        foreach (var tenant in (string[])["acme", "other"]) await harness.PublishAsync(1, new PublishOptions { TenantId = tenant });
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(harness.Requests, Has.Count.EqualTo(1), "the other tenant's");

        protector.LostTenant = null;
        await harness.Subscriptions.UpdateAsync((await harness.Subscriptions.GetAsync(subscription.Id))! with { Name = "renamed again" });
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests, Has.Count.EqualTo(2));
            Assert.That(harness.Requests[1].Headers["X-Key"], Is.EqualTo("open sesame"), "saving it meanwhile has lost nothing");
        });
    }

    private static Task<WebhookTestHarness> StartAsync(ISecretProtector protector) => Engine.StartAsync(configure: webhooks => webhooks.UseSecretProtector(_ => protector));

    private static ValueTask<WebhookSubscription> SubscribeAsync(WebhookTestHarness harness, string tenant = "acme") =>
        harness.SubscribeAsync(s => s with { TenantId = tenant, Headers = new Dictionary<string, string> { ["X-Key"] = "open sesame" } });

    /// <summary>Hides nothing from a person, but enough to tell what is protected.</summary>
    private sealed class Reverser : ISecretProtector
    {
        public string? LostTenant { get; set; }

        /// <summary>Whether what was protected before cannot be read any more.</summary>
        public bool IsRekeyed { get; set; }

        public string Protect(string text, string? tenantId) => tenantId + (IsRekeyed ? ":2:" : ":") + new string([.. text.Reverse()]);

        public string Unprotect(string protectedText, string? tenantId) =>
            LostTenant == tenantId ? throw new InvalidOperationException("The key is gone.")
            : IsRekeyed ? protectedText.StartsWith(tenantId + ":2:", StringComparison.Ordinal)
                ? new string([.. protectedText[(tenantId!.Length + 3)..].Reverse()])
                : throw new InvalidOperationException("The key is gone.")
            : protectedText.StartsWith(tenantId + ":", StringComparison.Ordinal) ? new string([.. protectedText[(tenantId!.Length + 1)..].Reverse()])
            : throw new InvalidOperationException("It is another tenant's.");
    }

    [Test]
    public async Task Save_TextThatLooksUnreadable_IsRefused()
    {
        // It would be stored as it is, and read as if the protector had made it.
        await using var harness = await StartAsync(new Reverser());
        var subscription = await SubscribeAsync(harness);
        var forged = new Dictionary<string, string> { ["X-Key"] = "\0acme:terces" };
        Assert.Multiple(() =>
        {
            Assert.That(async () => await harness.Subscriptions.UpdateAsync(subscription with { Headers = forged }), Throws.TypeOf<WebhookValidationException>());
            Assert.That(async () => await Engine.SubscribeAsync(harness, s => s with { Headers = forged }), Throws.TypeOf<WebhookValidationException>());
            Assert.That(async () => await Engine.SubscribeAsync(harness, s => s with { Profile = "MailUp", Secret = "\0acme:terces" }), Throws.TypeOf<WebhookValidationException>());
            Assert.That(async () => await harness.Subscriptions.RotateSecretAsync(subscription.Id, "\0acme:terces"), Throws.TypeOf<WebhookValidationException>());
        });
    }

    [Test]
    public async Task RotateSecretAsync_KeyIsGone_SignsWithTheNewOne()
    {
        var protector = new Reverser();
        await using var harness = await StartAsync(protector);
        var subscription = await harness.SubscribeAsync(s => s with { TenantId = "acme" });
        protector.LostTenant = "acme";
        await harness.Subscriptions.UpdateAsync((await harness.Subscriptions.GetAsync(subscription.Id))! with { Name = "renamed" });
        await harness.PublishAsync(1, new PublishOptions { TenantId = "acme" });
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That(harness.Requests, Is.Empty);

        var unreadable = (await harness.Subscriptions.GetAsync(subscription.Id))!;
        protector.LostTenant = null;
        protector.IsRekeyed = true;
        await harness.Subscriptions.RotateSecretAsync(unreadable.Id);
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task MailUp_KeyIsGone_EncryptsNothingWithWhatIsStored()
    {
        var protector = new Reverser();
        await using var harness = await StartAsync(protector);
        var settings = new Dictionary<string, string> { ["encrypted"] = "true" };
        var subscription = await harness.SubscribeAsync(s => s with { TenantId = "acme", Profile = "MailUp", Secret = "a key of letters", Settings = settings });
        protector.LostTenant = "acme";
        await harness.Subscriptions.UpdateAsync((await harness.Subscriptions.GetAsync(subscription.Id))! with { Name = "renamed" });
        await harness.PublishAsync(1, new PublishOptions { TenantId = "acme" });
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(harness.Requests, Is.Empty);
    }
}
