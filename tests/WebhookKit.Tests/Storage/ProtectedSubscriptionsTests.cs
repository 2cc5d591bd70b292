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

        public string Protect(string text, string? tenantId) => tenantId + ":" + new string([.. text.Reverse()]);

        public string Unprotect(string protectedText, string? tenantId) =>
            LostTenant == tenantId ? throw new InvalidOperationException("The key is gone.")
            : protectedText.StartsWith(tenantId + ":", StringComparison.Ordinal) ? new string([.. protectedText[(tenantId!.Length + 1)..].Reverse()])
            : throw new InvalidOperationException("It is another tenant's.");
    }
}
