using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.AspNetCore.Protection;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.DataProtection;

/// <summary>Secrets at rest by Data Protection.</summary>
internal sealed class SecretProtectionTests
{
    private const string HeaderValue = "open sesame";

    [TestCase("memory")]
    [TestCase("sqlite")]
    public async Task Subscription_Protected_IsStoredUnreadableAndSignsAsEver(string store)
    {
        using var folder = new TempFolder();
        var secret = "";
        await using (var harness = await StartAsync(folder, store))
        {
            var subscription = await SubscribeAsync(harness, "acme");
            secret = subscription.Secrets[0].Value;
            var stored = (await harness.Services.GetRequiredService<IWebhookStore>().GetSubscriptionAsync(subscription.Id, default))!;
            Assert.That(stored.Secrets[0].Value, Does.StartWith(DataProtectionSecretProtector.Mark).And.Not.Contain(secret));
            Assert.That(stored.Headers["X-Key"], Does.StartWith(DataProtectionSecretProtector.Mark));
            Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Secrets[0].Value, Is.EqualTo(secret));

            await harness.Publisher.PublishAsync("a.b", new { id = 1 }, new PublishOptions { TenantId = "acme" });
            await harness.DrainAsync();
            var request = harness.Requests.Single();
            Assert.That(new WebhookVerifier(WebhookProfiles.StandardWebhooks, [secret], harness.Clock).Verify(request.Headers, request.Body).IsValid, Is.True);
            Assert.That(request.Headers["X-Key"], Is.EqualTo(HeaderValue));
        }

        foreach (var file in folder.Files)
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var clear in (string[])[secret, secret["whsec_".Length..], HeaderValue])
                Assert.That(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(clear)), Is.Negative, $"{file} has it as it is");
        }

        if (store == "sqlite") Assert.That(folder.Files.Any(f => File.ReadAllBytes(f).AsSpan().IndexOf("webhookkit-dp:"u8) >= 0), Is.True, "the right files were looked at");
    }

    [Test]
    public async Task Subscription_StoredBeforeProtection_IsReadAndProtectedWhenItIsSaved()
    {
        using var folder = new TempFolder();
        string id, secret;
        await using (var before = await StartAsync(folder, "sqlite", protects: false))
        {
            var subscription = await SubscribeAsync(before, "acme");
            (id, secret) = (subscription.Id, subscription.Secrets[0].Value);
        }

        await using var after = await StartAsync(folder, "sqlite");
        var store = after.Services.GetRequiredService<IWebhookStore>();
        var read = (await after.Subscriptions.GetAsync(id))!;
        Assert.That(read.Secrets[0].Value, Is.EqualTo(secret));
        Assert.That((await store.GetSubscriptionAsync(id, default))!.Secrets[0].Value, Is.EqualTo(secret), "not yet");
        await after.Subscriptions.UpdateAsync(read);
        Assert.That((await store.GetSubscriptionAsync(id, default))!.Secrets[0].Value, Does.StartWith(DataProtectionSecretProtector.Mark));
        Assert.That((await after.Subscriptions.GetAsync(id))!.Secrets[0].Value, Is.EqualTo(secret));
    }

    [Test]
    public void Unprotect_ClearTextWhereAllIsProtected_IsRefusedWithTheFix()
    {
        var protector = Create(new EphemeralDataProtectionProvider(), o => o.ReadUnprotected = false);
        Assert.That(() => protector.Unprotect("whsec_abc", "acme"), Throws.InvalidOperationException.With.Message.Contains("'acme' is not protected").And.Message.Contains("ReadUnprotected").And.Message.Not.Contains("whsec_abc"));
    }

    [Test]
    public void Unprotect_AnotherTenantsOrNoTenants_IsRefused()
    {
        var protector = Create(new EphemeralDataProtectionProvider());
        var stored = protector.Protect("s", "acme");
        Assert.Multiple(() =>
        {
            Assert.That(protector.Unprotect(stored, "acme"), Is.EqualTo("s"));
            foreach (var other in (string?[])[null, "", "Acme", "no tenant", "tenant"])
                Assert.That(() => protector.Unprotect(stored, other), Throws.InvalidOperationException.With.Message.Contains("another tenant's"), other);
            Assert.That(protector.Unprotect(protector.Protect("s", null), null), Is.EqualTo("s"));
            Assert.That(() => protector.Unprotect(protector.Protect("s", null), "no tenant"), Throws.InvalidOperationException);
        });
    }

    [Test]
    public void Unprotect_KeyRingIsLost_SaysWhatToDo()
    {
        var stored = Create(new EphemeralDataProtectionProvider()).Protect("s", "acme");
        Assert.That(
            () => Create(new EphemeralDataProtectionProvider()).Unprotect(stored, "acme"),
            Throws.InvalidOperationException.With.Message.Contains("Restore the key ring").And.Message.Contains("SetApplicationName").And.Message.Contains("rotate the secret").And.InnerException.Not.Null);
    }

    [Test]
    public void Unprotect_BrokenOrNewerForms_AreRefused()
    {
        var protector = Create(new EphemeralDataProtectionProvider());
        var stored = protector.Protect("s", null);
        var newer = DataProtectionSecretProtector.Mark + "Ag" + stored[(DataProtectionSecretProtector.Mark.Length + 2)..];
        foreach (var text in (string[])[newer, DataProtectionSecretProtector.Mark, DataProtectionSecretProtector.Mark + "!!", DataProtectionSecretProtector.Mark + "A"])
            Assert.That(() => protector.Unprotect(text, null), Throws.InvalidOperationException.With.Message.Contains("does not know"), text);
        var changed = stored[..60] + (stored[60] == 'A' ? 'B' : 'A') + stored[61..];
        foreach (var text in (string[])[changed, DataProtectionSecretProtector.Mark + "AQ"])
            Assert.That(() => protector.Unprotect(text, null), Throws.InvalidOperationException.With.Message.Contains("cannot be read"), text);
    }

    [Test]
    public void Protect_TextWithTheMark_ComesBack()
    {
        var protector = Create(new EphemeralDataProtectionProvider());
        foreach (var text in (string[])[DataProtectionSecretProtector.Mark + "x", "", "é\u202e\n", new string('x', 5000)])
            Assert.That(protector.Unprotect(protector.Protect(text, "t"), "t"), Is.EqualTo(text));
    }

    private static DataProtectionSecretProtector Create(EphemeralDataProtectionProvider provider, Action<WebhookSecretProtectionOptions>? configure = null)
    {
        var options = new WebhookSecretProtectionOptions();
        configure?.Invoke(options);
        return new DataProtectionSecretProtector(provider, options);
    }

    private static ValueTask<WebhookSubscription> SubscribeAsync(WebhookTestHarness harness, string tenant) => harness.Subscriptions.CreateAsync(new NewWebhookSubscription
    {
        TenantId = tenant,
        Url = new Uri("https://example.com/hooks"),
        EventTypes = ["*"],
        Headers = new Dictionary<string, string> { ["X-Key"] = HeaderValue },
    });

    private static Task<WebhookTestHarness> StartAsync(TempFolder folder, string store, bool protects = true) => WebhookTestHarness.StartAsync(webhooks =>
    {
        webhooks.Services.Configure<WebhookOptions>(o => o.AllowUnknownEventTypes = true);
        if (store == "sqlite") webhooks.UseSqlite(folder.ConnectionString);
        if (!protects) return;
        webhooks.ProtectSecretsWithDataProtection();
        webhooks.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
    });
}
