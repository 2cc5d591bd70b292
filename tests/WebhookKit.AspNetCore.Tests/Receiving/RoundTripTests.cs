using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WebhookKit.AspNetCore.Tests.Receiving;

/// <summary>The engine sends under each profile, over a real connection, to a receiver with the same profile.</summary>
internal sealed class RoundTripTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly WebhookProfile MovingMailerLite =
        WebhookProfiles.MailerLite with { Name = "moving", Signer = WebhookSigners.Combine(WebhookProfiles.MailerLite.Signer!, WebhookSigners.StandardWebhooks) };

    private static readonly WebhookProfile SignedCloudEvents = WebhookProfiles.CloudEvents with { Name = "signed-ce", Signer = WebhookSigners.HttpMessageSignature() };
    private static readonly WebhookProfile SignedRaw = WebhookProfiles.Raw with { Name = "signed-raw", Signer = WebhookSigners.Hmac("X-Signature", SignatureEncoding.Base64, "sha512=", HashAlgorithmName.SHA512) };

    // Profile, settings, whether it batches, whether events come with their ids and types.
    private static IEnumerable<TestCaseData> Cases =>
    [
        Case(WebhookProfiles.StandardWebhooks, hasId: true),
        Case(WebhookProfiles.StandardWebhooks, batches: true, hasId: true),
        Case(WebhookProfiles.Svix, hasId: true),
        Case(WebhookProfiles.MailerLite),
        Case(WebhookProfiles.MailerLite, batches: true),
        Case(MovingMailerLite, hasId: true),
        Case(WebhookProfiles.MailerLiteClassic),
        Case(WebhookProfiles.MailerLiteClassic, batches: true),
        Case(WebhookProfiles.Mailjet),
        Case(WebhookProfiles.Mailjet, settings: "version=1"),
        Case(WebhookProfiles.MailUp),
        Case(WebhookProfiles.MailUp, settings: "method=GET"),
        Case(WebhookProfiles.MailUp, settings: "encrypted=true"),
        Case(WebhookProfiles.MailUp, settings: "method=GET encrypted=true"),
        Case(WebhookProfiles.Stripe, hasType: false),
        Case(WebhookProfiles.GitHub, hasId: true),
        Case(WebhookProfiles.Slack, hasType: false),
        Case(WebhookProfiles.Shopify, hasId: true),
        Case(WebhookProfiles.CloudEvents, hasId: true),
        Case(WebhookProfiles.CloudEvents, batches: true, hasId: true),
        Case(WebhookProfiles.CloudEvents, settings: "mode=binary", hasId: true),
        Case(SignedCloudEvents, hasId: true),
        Case(SignedCloudEvents, settings: "mode=binary", hasId: true),
        Case(WebhookProfiles.Raw, hasType: false),
        Case(SignedRaw, hasType: false),
    ];

    [TestCaseSource(nameof(Cases))]
    public async Task SentByTheEngine_ReceivedUnderTheSameProfile_ComesToTheHandler(WebhookProfile profile, string settings, bool batches, bool hasId, bool hasType)
    {
        var arrivals = new ReceiverHost.Arrivals();
        var isMailUp = profile.Name == "MailUp";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddWebhookReceivers();
        builder.Services.AddWebhooks(o => o.AllowUnknownEventTypes = true).AllowLoopback().AddProfile(profile);
        await using var app = builder.Build();
        app.MapWebhookReceiver("/hooks/{secret}", o =>
        {
            o.Profile = profile;
            o.PathSecrets.Add("0123456789abcdef");
            if (profile.Name == "Mailjet") o.Secrets.Add("ada:geheim");
            else if (profile.Signer is not null || isMailUp) o.Secrets.Add(Secret);
            o.OnAny(arrivals.AddAsync);
        });
        await app.StartAsync();

        var subscriptions = app.Services.GetRequiredService<IWebhookSubscriptions>();
        var url = app.Urls.Single() + "/hooks/0123456789abcdef";
        await subscriptions.CreateAsync(new NewWebhookSubscription
        {
            Url = new Uri(profile.Name == "Mailjet" ? url.Replace("http://", "http://ada:geheim@", StringComparison.Ordinal) : url),
            EventTypes = ["*"],
            Profile = profile.Name,
            Secret = profile.Name == "Mailjet" || (profile.Signer is null && !isMailUp) ? null : Secret,
            Batching = batches ? new BatchingOptions { MaxEvents = 2, MaxDelay = TimeSpan.FromMinutes(1) } : null,
            Settings = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')).ToDictionary(s => s[0], s => s[1]),
        });
        var publisher = app.Services.GetRequiredService<IWebhookPublisher>();
        string[] ids = ["evt_1", "evt_2"];
        foreach (var id in ids) await publisher.PublishJsonAsync("subscriber.created", """{"Email":"ada@example.com","amount":12345678901234567890.10}"""u8.ToArray(), new PublishOptions { EventId = id });

        await arrivals.WaitAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(arrivals.Ids, hasId ? Is.EquivalentTo(ids) : Is.EqualTo(new[] { "", "" }));
            Assert.That(arrivals.Events.Select(e => e.Type), Is.All.EqualTo(hasType ? "subscriber.created" : ""));
            foreach (var received in arrivals.Events)
            {
                var data = JsonElement.Parse(received.Data.Span);
                if (isMailUp) Assert.That(data.GetProperty("eml").GetString(), Is.EqualTo("ada@example.com"));
                else Assert.That(data.GetProperty("amount").GetRawText(), Is.EqualTo("12345678901234567890.10"), "every digit");
            }
        });
        await app.StopAsync();
        if (isMailUp) Assert.That(arrivals.Events[0].OccurredAt, Is.Not.EqualTo(default(DateTimeOffset)));
    }

    private static TestCaseData Case(WebhookProfile profile, string settings = "", bool batches = false, bool hasId = false, bool hasType = true) =>
        new TestCaseData(profile, settings, batches, hasId, hasType).SetArgDisplayNames($"{profile.Name}{(batches ? ", batched" : "")}{(settings.Length > 0 ? $", {settings}" : "")}");
}
