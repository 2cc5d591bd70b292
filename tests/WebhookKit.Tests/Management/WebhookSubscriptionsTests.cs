using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Publishing;
using WebhookKit.Testing;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Management;

public sealed class WebhookSubscriptionsTests
{
    [Test]
    public async Task CreateAsync_LittleSaid_FillsInTheDefaults()
    {
        await using var engine = await StartAsync();

        var created = await engine.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Url) });

        Assert.Multiple(() =>
        {
            Assert.That(created.Id, Does.Match("^[0-9]{1,19}$"));
            Assert.That(created.EventTypes, Is.Empty);
            Assert.That(created.Profile, Is.EqualTo("StandardWebhooks"));
            Assert.That(created.Secrets.Single().Value, Does.StartWith("whsec_"));
            Assert.That(created.Status, Is.EqualTo(SubscriptionStatus.Enabled));
            Assert.That(created.CreatedAt, Is.EqualTo(ManualTimeProvider.DefaultStart));
            Assert.That(created.Version, Is.Positive);
        });
        Assert.That(await engine.Subscriptions.GetAsync(created.Id), Is.EqualTo(created));
    }

    [Test]
    public async Task CreateAsync_AllSaid_IsKept()
    {
        await using var engine = await StartAsync();
        var wanted = new NewWebhookSubscription
        {
            Id = "my_own-id",
            TenantId = "t",
            Name = "Mine",
            Url = new Uri(Url + "?a=1"),
            EventTypes = [Created, "campaign.*"],
            Filter = WebhookFilter.Attribute("source").EqualTo("API"),
            Profile = Brief.Name,
            Secret = GoodSecret,
            Batching = new BatchingOptions { MaxEvents = 2 },
            Order = DeliveryOrder.Strict,
            MaxConcurrency = 3,
            RateLimit = new RateLimit(5, TimeSpan.FromSeconds(1)),
            Status = SubscriptionStatus.Paused,
        };

        var created = await engine.Subscriptions.CreateAsync(wanted);

        Assert.That(created, Is.EqualTo(new WebhookSubscription
        {
            Id = "my_own-id",
            TenantId = "t",
            Name = "Mine",
            Url = wanted.Url,
            EventTypes = created.EventTypes,
            Filter = wanted.Filter,
            Profile = Brief.Name,
            Secrets = created.Secrets,
            Batching = wanted.Batching,
            Order = DeliveryOrder.Strict,
            MaxConcurrency = 3,
            RateLimit = wanted.RateLimit,
            Status = SubscriptionStatus.Paused,
            StatusChangedAt = ManualTimeProvider.DefaultStart,
            CreatedAt = ManualTimeProvider.DefaultStart,
            UpdatedAt = ManualTimeProvider.DefaultStart,
            Version = created.Version,
        }));
        Assert.That(created.EventTypes, Is.EqualTo(wanted.EventTypes));
        Assert.That(created.Secrets, Is.EqualTo(new[] { new WebhookSecret { Value = GoodSecret } }));
    }

    [Test]
    public async Task CreateAsync_IdTaken_IsRefused()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "one" });

        var refused = await ThrownAsync<WebhookConflictException>(async () => await engine.SubscribeAsync(s => s with { Id = "one", TenantId = "other" }));

        Assert.That(refused.Message, Does.Contain("'one'").And.Contain("choose another id"));
    }

    [Test]
    public async Task CreateAsync_AssignedIdTaken_TakesAnother()
    {
        // The first number is the node's; ids are then made from 7, 7 and 8 at the same millisecond.
        await using var engine = await StartAsync(configure: w => w.Services.AddSingleton(new RandomSource(new Numbers(1, 7, 7, 8))));

        var first = await engine.SubscribeAsync();
        var second = await engine.SubscribeAsync();

        Assert.That(second.Id, Is.Not.EqualTo(first.Id));
    }

    [Test]
    public async Task CreateAsync_Returned_IsMatchedAtOnce()
    {
        await using var engine = await StartAsync();
        for (var i = 1; i <= 3; i++)
        {
            await engine.SubscribeAsync();
            Assert.That((await engine.PublishAsync()).Deliveries, Is.EqualTo(i));
        }
    }

    [Test]
    public async Task ListAsync_Pages_AreInOrderOfIdAndOfOneTenant()
    {
        await using var engine = await StartAsync();
        foreach (var id in (string[])["c", "a", "e", "b", "d"]) await engine.SubscribeAsync(s => s with { Id = id, TenantId = "t" });
        await engine.SubscribeAsync(s => s with { Id = "none" });
        await engine.Subscriptions.DisableAsync("b");

        var pages = new List<string>();
        var query = new SubscriptionQuery { TenantId = "t", Limit = 2 };
        do
        {
            var page = await engine.Subscriptions.ListAsync(query);
            pages.Add(string.Concat(page.Items.Select(s => s.Id)));
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        Assert.That(pages, Is.EqualTo(new[] { "ab", "cd", "e" }));
        Assert.That(await IdsAsync(new SubscriptionQuery()), Is.EqualTo(new[] { "none" }));
        Assert.That(await IdsAsync(new SubscriptionQuery { TenantId = "unknown" }), Is.Empty);
        Assert.That(await IdsAsync(new SubscriptionQuery { AllTenants = true }), Is.EqualTo(new[] { "a", "b", "c", "d", "e", "none" }));
        Assert.That(await IdsAsync(new SubscriptionQuery { AllTenants = true, Status = SubscriptionStatus.Disabled }), Is.EqualTo(new[] { "b" }));

        async Task<string[]> IdsAsync(SubscriptionQuery q) => [.. (await engine.Subscriptions.ListAsync(q)).Items.Select(s => s.Id)];
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1001)]
    public async Task ListAsync_LimitOutOfRange_IsRefused(int limit)
    {
        await using var engine = await StartAsync();

        var subscriptions = await ThrownAsync<WebhookValidationException>(async () => await engine.Subscriptions.ListAsync(new SubscriptionQuery { Limit = limit }));
        var deliveries = await ThrownAsync<WebhookValidationException>(async () => await engine.Deliveries.ListAsync(new DeliveryQuery { Limit = limit }));

        Assert.That(subscriptions.Message, Does.Contain($"{limit}").And.Contain("Use 1 to 1,000"));
        Assert.That(deliveries.Message, Is.EqualTo(subscriptions.Message));
    }

    [Test]
    public async Task UpdateAsync_Changed_AppliesAllButStatusAndSecrets()
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync(s => s with { TenantId = "t" });
        engine.Clock.Advance(TimeSpan.FromHours(1));

        var after = await engine.Subscriptions.UpdateAsync(before with
        {
            Name = "New",
            Url = new Uri("https://example.com/new"),
            EventTypes = [Deleted],
            MaxConcurrency = 9,
            TenantId = "stolen",
            Status = SubscriptionStatus.Disabled,
            StatusReason = "by the back door",
            Secrets = [new WebhookSecret { Value = GoodSecret }],
            CreatedAt = default,
        });

        Assert.That(after, Is.EqualTo(before with
        {
            Name = "New",
            Url = new Uri("https://example.com/new"),
            EventTypes = after.EventTypes,
            MaxConcurrency = 9,
            UpdatedAt = engine.Clock.GetUtcNow(),
            Version = after.Version,
        }));
        Assert.That(after.EventTypes, Is.EqualTo(new[] { Deleted }));
        Assert.That(after.Version, Is.GreaterThan(before.Version));
        Assert.That((await engine.PublishAsync(new PublishOptions { TenantId = "t" })).Deliveries, Is.Zero, "the new event types count at once");
    }

    [Test]
    public async Task UpdateAsync_StaleVersion_IsRefused()
    {
        await using var engine = await StartAsync();
        var read = await engine.SubscribeAsync();
        var changed = await engine.Subscriptions.UpdateAsync(read with { Name = "first" });

        var refused = await ThrownAsync<WebhookConflictException>(async () => await engine.Subscriptions.UpdateAsync(read with { Name = "second" }));

        Assert.That(refused.Message, Does.Contain(read.Id).And.Contain("Read it again"));
        Assert.That((await engine.Subscriptions.GetAsync(read.Id))!.Name, Is.EqualTo("first"));
        Assert.That((await engine.Subscriptions.UpdateAsync(changed with { Name = "third" })).Name, Is.EqualTo("third"));
    }

    [Test]
    public async Task UpdateAsync_ManyAtOnce_ExactlyOneWins()
    {
        await using var engine = await StartAsync();
        var read = await engine.SubscribeAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await engine.Subscriptions.UpdateAsync(read with { Name = $"{i}" })).Name;
            }
            catch (WebhookConflictException)
            {
                return null;
            }
        })));

        var winner = results.Single(name => name is not null);
        Assert.That((await engine.Subscriptions.GetAsync(read.Id))!.Name, Is.EqualTo(winner));
    }

    [Test]
    public async Task UpdateAsync_ProfileThatCannotUseItsSecret_IsRefusedWhateverSecretsAreSaid()
    {
        var strict = WebhookProfiles.StandardWebhooks with { Name = "hex", Signer = new HexSigner() };
        await using var engine = await StartAsync(configure: w => w.AddProfile(strict));
        var read = await engine.SubscribeAsync();

        var refused = await ThrownAsync<WebhookValidationException>(
            async () => await engine.Subscriptions.UpdateAsync(read with { Profile = "hex", Secrets = [] }));

        Assert.That(refused.Errors.Single().Field, Is.EqualTo("Secrets"));
        Assert.That((await engine.Subscriptions.GetAsync(read.Id))!.Profile, Is.EqualTo(Brief.Name));
    }

    [Test]
    public async Task UpdateAsync_Refused_LeavesItAsItWas()
    {
        await using var engine = await StartAsync();
        var read = await engine.SubscribeAsync();

        var refused = await ThrownAsync<WebhookValidationException>(
            async () => await engine.Subscriptions.UpdateAsync(read with { MaxConcurrency = 0, EventTypes = ["subscriber.craeted"] }));

        Assert.That(refused.Errors.Select(e => e.Field), Is.EquivalentTo(new[] { "MaxConcurrency", "EventTypes" }));
        Assert.That(await engine.Subscriptions.GetAsync(read.Id), Is.EqualTo(read));
    }

    [Test]
    public async Task DeleteAsync_Pending_IsCanceledAndNotSent()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500);
        var gone = await engine.SubscribeAsync();
        await engine.PublishAsync();
        await engine.DrainAsync();

        Assert.That(await engine.Subscriptions.DeleteAsync(gone.Id), Is.True);
        await engine.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.That(engine.Requests, Has.Count.EqualTo(1));
        Assert.That((await engine.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Canceled));
        Assert.That(await engine.Subscriptions.GetAsync(gone.Id), Is.Null);
        Assert.That((await engine.PublishAsync()).Deliveries, Is.Zero);
        Assert.That(await engine.Subscriptions.DeleteAsync(gone.Id), Is.False);
        Assert.That(await engine.Subscriptions.DeleteAsync("never"), Is.False);
    }

    [Test]
    public async Task PauseAsync_Paused_IsMatchedButWaitsUntilEnabled()
    {
        await using var engine = await StartAsync();
        var subscription = await engine.SubscribeAsync();
        engine.Clock.Advance(TimeSpan.FromHours(1));
        var pausedAt = engine.Clock.GetUtcNow();
        var paused = await engine.Subscriptions.PauseAsync(subscription.Id);

        Assert.That((await engine.PublishAsync()).Deliveries, Is.EqualTo(1));
        await engine.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(engine.Requests, Is.Empty);

        var enabled = await engine.Subscriptions.EnableAsync(subscription.Id);
        await engine.DrainAsync();
        Assert.Multiple(() =>
        {
            Assert.That((paused.Status, paused.StatusChangedAt), Is.EqualTo((SubscriptionStatus.Paused, (DateTimeOffset?)pausedAt)));
            Assert.That((enabled.Status, enabled.StatusChangedAt), Is.EqualTo((SubscriptionStatus.Enabled, (DateTimeOffset?)(pausedAt + TimeSpan.FromHours(1)))));
            Assert.That(engine.Requests, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task DisableAsync_Disabled_IsNotMatchedAndKeepsItsReason()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500, 200);
        var subscription = await engine.SubscribeAsync();
        await engine.PublishAsync();
        await engine.DrainAsync();

        var disabled = await engine.Subscriptions.DisableAsync(subscription.Id, "moved away");
        var again = await engine.Subscriptions.DisableAsync(subscription.Id, "another reason");
        Assert.That((await engine.PublishAsync()).Deliveries, Is.Zero);
        await engine.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Multiple(() =>
        {
            Assert.That((disabled.Status, disabled.StatusReason), Is.EqualTo((SubscriptionStatus.Disabled, "moved away")));
            Assert.That(again, Is.EqualTo(disabled));
            Assert.That(engine.Requests, Has.Count.EqualTo(1), "what is pending waits");
        });

        var pausing = await ThrownAsync<WebhookConflictException>(async () => await engine.Subscriptions.PauseAsync(subscription.Id));
        Assert.That(pausing.Message, Does.Contain("moved away").And.Contain("Enable it before"));

        var enabled = await engine.Subscriptions.EnableAsync(subscription.Id);
        await engine.DrainAsync();
        Assert.That((enabled.Status, enabled.StatusReason), Is.EqualTo((SubscriptionStatus.Enabled, (string?)null)));
        Assert.That(engine.Requests, Has.Count.EqualTo(2), "what was pending goes on");
    }

    [Test]
    public async Task DisableAsync_NoReason_SaysThatItWasByHand()
    {
        await using var engine = await StartAsync();
        var subscription = await engine.SubscribeAsync();
        Assert.That((await engine.Subscriptions.DisableAsync(subscription.Id)).StatusReason, Is.EqualTo("Disabled by hand."));
    }

    [Test]
    public async Task AnyChange_NoSuchSubscription_SaysWhich()
    {
        await using var engine = await StartAsync();
        var gone = await engine.SubscribeAsync(s => s with { Id = "gone" });
        await engine.Subscriptions.DeleteAsync("gone");
        var subscriptions = engine.Subscriptions;

        foreach (var change in (Func<ValueTask>[])
                 [
                     async () => await subscriptions.UpdateAsync(gone),
                     async () => await subscriptions.EnableAsync("gone"),
                     async () => await subscriptions.PauseAsync("gone"),
                     async () => await subscriptions.DisableAsync("gone"),
                     async () => await subscriptions.RotateSecretAsync("gone"),
                     async () => await subscriptions.SendTestEventAsync("gone"),
                     async () => await engine.Deliveries.RecoverAsync("gone", default),
                 ])
        {
            Assert.That((await ThrownAsync<WebhookNotFoundException>(change)).Message, Does.Contain("'gone'"));
        }
    }

    /// <summary>Gives the numbers that a test wants.</summary>
    private sealed class Numbers(params long[] numbers) : Random
    {
        private int _next;

        public override long NextInt64() => numbers[Math.Min(_next++, numbers.Length - 1)];
    }

    /// <summary>Takes secrets of hexadecimal digits only.</summary>
    private sealed class HexSigner : ISigner
    {
        public void Sign(in SigningContext context, WebhookHeaders headers) => headers.Add("x-signed", "yes");

        public string? FindSecretFault(string secret) => secret.All(char.IsAsciiHexDigit) ? null : "The secret is not hexadecimal. Use 0 to 9 and a to f.";

        public string GenerateSecret() => "abcdef";
    }
}
