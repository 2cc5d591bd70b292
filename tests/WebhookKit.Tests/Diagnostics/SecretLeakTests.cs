using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using NUnit.Framework;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Diagnostics;

/// <summary>Secrets stay where they are: in no text form, log line or exception.</summary>
public sealed class SecretLeakTests
{
    private const string Bytes = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly WebhookSecret Secret = new() { Value = GoodSecret };
    private static readonly WebhookSubscription Subscription = new() { Id = "s", Url = new Uri(Url), Secrets = [Secret, Secret with { ExpiresAt = DateTimeOffset.MaxValue }] };

    private static readonly object[] Holders =
    [
        Secret,
        Subscription,
        new NewWebhookSubscription { Url = new Uri(Url), Secret = GoodSecret },
        new SigningContext { MessageId = "m", Timestamp = default, AttemptNumber = 1, Method = HttpMethod.Post, Uri = new Uri(Url), Body = default, Secrets = [Secret] },
        new FormatContext { MessageId = "m", Events = [], IsBatch = false, Subscription = Subscription },
        new VerificationContext { Headers = [], Body = default, Secrets = [GoodSecret], Now = default, Tolerance = default },
        new WebhookVerifier(WebhookProfiles.StandardWebhooks, [GoodSecret]),
        new Page<WebhookSubscription>([Subscription], null),
        new SubscriptionChanges(1, [Subscription], []),
    ];

    [TestCaseSource(nameof(Holders))]
    public void ToString_WhateverHoldsASecret_DoesNotShowIt(object holder) =>
        Assert.That($"{holder}", Is.Not.Empty.And.Not.Contain(Bytes).And.Not.Contain("whsec_"));

    [Test]
    public void Holders_AreAllThatThereAre()
    {
        var holders = typeof(WebhookSecret).Assembly.GetExportedTypes()
            .Where(t => t.IsClass || t.IsValueType)
            .Where(t => t.GetProperties(BindingFlags.Instance | BindingFlags.Public).Any(p => HoldsSecret(p.Name, p.PropertyType)));

        Assert.That(holders, Is.SubsetOf(Holders.Select(h => h.GetType())), "add new ones to the list above");

        static bool HoldsSecret(string name, Type type) =>
            (name is "Secret" or "Secrets" && (type == typeof(string) || typeof(IEnumerable<string>).IsAssignableFrom(type)))
            || type == typeof(WebhookSecret) || type == typeof(WebhookSubscription)
            || typeof(IEnumerable<WebhookSecret>).IsAssignableFrom(type) || typeof(IEnumerable<WebhookSubscription>).IsAssignableFrom(type);
    }

    [Test]
    public async Task Log_WholeRunWithEveryFault_ShowsNoSecret()
    {
        using var log = new LogCapture();
        var signer = new Mock<ISigner>();
        signer.Setup(s => s.Sign(It.Ref<SigningContext>.IsAny, It.IsAny<WebhookHeaders>())).Throws(new InvalidOperationException("signer trouble"));
        signer.Setup(s => s.GenerateSecret()).Returns(GoodSecret);
        await using var engine = await StartAsync(configure: w => w
            .AddProfile(Brief with { Name = "faulty", Signer = signer.Object })
            .AddSubscription(new NewWebhookSubscription { Id = "declared", Url = new Uri(Url), Secret = GoodSecret })
            .AddObserver<Faulty>()
            .Services.AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Trace)));
        engine.Receiver.Default.Reply(500).Drop(HttpRequestError.NameResolutionError).Drop(HttpRequestError.SecureConnectionError).Hang().Reply(410);
        await engine.SubscribeAsync(s => s with { Id = "s", Secret = GoodSecret, Profile = null });
        await engine.SubscribeAsync(s => s with { Id = "faulty", Profile = "faulty" });
        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromDays(1));
        await engine.Subscriptions.SendTestEventAsync("s");
        var rotated = await engine.Subscriptions.RotateSecretAsync("s");
        List<Exception> thrown =
        [
            await ThrownAsync<WebhookException>(async () => await engine.Subscriptions.SendTestEventAsync("faulty")),
            await ThrownAsync<WebhookException>(async () => await engine.Subscriptions.RotateSecretAsync("s", "whsec_" + Bytes + "=")),
            await ThrownAsync<WebhookException>(async () => await engine.SubscribeAsync(s => s with { Secret = Bytes })),
            await ThrownAsync<WebhookException>(async () => await engine.SubscribeAsync(s => s with { Id = "s", Secret = GoodSecret })),
            await ThrownAsync<WebhookException>(async () => await engine.Subscriptions.UpdateAsync(rotated with { Version = 0 })),
            await ThrownAsync<WebhookException>(async () => await engine.Subscriptions.UpdateAsync(rotated with { Profile = "nope" })),
        ];

        var attempts = await Task.WhenAll((await engine.DeliveriesAsync()).Select(async d => await engine.Deliveries.GetAttemptsAsync(d.Id)));
        string[] texts =
        [
            .. log.Lines.Select(l => l.Everything),
            .. thrown.Select(e => e.ToString()),
            .. attempts.SelectMany(a => a).Select(a => a.ToString()),
            (await engine.Subscriptions.GetAsync("s"))!.StatusReason!,
        ];
        Assert.That(log.Lines.Select(l => l.EventId), Is.SupersetOf(new[] { 1, 5, 7, 8, 10 }), "the faults have happened");
        Assert.That(texts, Has.None.Contains(Bytes).And.None.Contains(rotated.Secrets[0].Value["whsec_".Length..]));
    }

    private sealed class Faulty : IWebhookObserver
    {
        public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt) =>
            throw new InvalidOperationException($"observer trouble with {subscription}");
    }
}
