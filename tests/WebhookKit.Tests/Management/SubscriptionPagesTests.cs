using NUnit.Framework;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Management;

/// <summary>Pages with numbers, counts, and checks that change nothing: what a page for people needs.</summary>
public sealed class SubscriptionPagesTests
{
    [Test]
    public async Task ListAsync_Skipping_IsTheSameListFromThere()
    {
        await using var engine = await StartAsync();
        for (var i = 0; i < 7; i++) await engine.SubscribeAsync(s => s with { Id = $"s{i}", TenantId = i == 3 ? "other" : null });

        async Task<string> FromAsync(int skip) => string.Join(',', (await engine.Subscriptions.ListAsync(new SubscriptionQuery { Skip = skip, Limit = 2 })).Items.Select(s => s.Id));
        Assert.That(new[] { await FromAsync(0), await FromAsync(2), await FromAsync(4), await FromAsync(5), await FromAsync(6), await FromAsync(int.MaxValue) }, Is.EqualTo(new[] { "s0,s1", "s2,s4", "s5,s6", "s6", "", "" }));
    }

    [TestCase(-1, null)]
    [TestCase(1, "s0")]
    public async Task ListAsync_SkippingOddly_IsRefused(int skip, string? after)
    {
        await using var engine = await StartAsync();
        Assert.That(
            async () => await engine.Subscriptions.ListAsync(new SubscriptionQuery { Skip = skip, After = after }),
            Throws.TypeOf<WebhookValidationException>().With.Property(nameof(WebhookValidationException.Errors)).One.Property(nameof(WebhookFieldError.Field)).EqualTo("Skip"));
    }

    [Test]
    public async Task CountAsync_ByTenantAndStatus_CountsThose()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();
        await engine.SubscribeAsync(s => s with { Status = SubscriptionStatus.Paused });
        await engine.SubscribeAsync(s => s with { TenantId = "t", Status = SubscriptionStatus.Paused });

        async Task<int> CountAsync(SubscriptionQuery query) => await engine.Subscriptions.CountAsync(query);
        Assert.That(await CountAsync(new SubscriptionQuery { Limit = 1 }), Is.EqualTo(2));
        Assert.That(await CountAsync(new SubscriptionQuery { Status = SubscriptionStatus.Paused }), Is.EqualTo(1));
        Assert.That(await CountAsync(new SubscriptionQuery { AllTenants = true, Status = SubscriptionStatus.Paused }), Is.EqualTo(2));
    }

    [Test]
    public async Task CheckAsync_NewOne_SaysWhatCreatingWould()
    {
        await using var engine = await StartAsync();
        var bad = new NewWebhookSubscription { Url = new Uri("http://localhost/"), EventTypes = ["no.such"], Profile = Brief.Name };
        var thrown = Assert.ThrowsAsync<WebhookValidationException>(async () => await engine.Subscriptions.CreateAsync(bad));
        Assert.That(await engine.Subscriptions.CheckAsync(bad), Is.EqualTo((await thrown)!.Errors));
        Assert.That(await engine.Subscriptions.CheckAsync(bad with { Url = new Uri(Url), EventTypes = ["*"] }), Is.Empty);
        Assert.That(await engine.Subscriptions.CountAsync(new SubscriptionQuery { AllTenants = true }), Is.Zero);
    }

    [Test]
    public async Task CheckAsync_ChangedOne_SaysWhatUpdatingWould()
    {
        await using var engine = await StartAsync();
        var stored = await engine.SubscribeAsync();
        var bad = stored with { Url = new Uri("http://localhost/"), EventTypes = ["no.such"] };
        var thrown = Assert.ThrowsAsync<WebhookValidationException>(async () => await engine.Subscriptions.UpdateAsync(bad));
        Assert.That(await engine.Subscriptions.CheckAsync(bad), Is.EqualTo((await thrown)!.Errors));
        Assert.That(await engine.Subscriptions.CheckAsync(stored with { Name = "new" }), Is.Empty);
        Assert.That(await engine.Subscriptions.GetAsync(stored.Id), Is.EqualTo(stored));
        Assert.That(async () => await engine.Subscriptions.CheckAsync(stored with { Id = "gone" }), Throws.TypeOf<WebhookNotFoundException>());
    }
}
