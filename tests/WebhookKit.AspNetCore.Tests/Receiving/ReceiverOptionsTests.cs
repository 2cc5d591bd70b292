using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace WebhookKit.AspNetCore.Tests.Receiving;

/// <summary>What cannot work is refused when it is mapped, and the error says what to do.</summary>
internal sealed class ReceiverOptionsTests
{
    [TestCase("Mailjet")]
    [TestCase("MailUp")]
    [TestCase("Raw")]
    [TestCase("CloudEvents")]
    public void Map_NothingProvesRequests_IsRefusedWithTheFix(string name)
    {
        var message = Refusal(o => o.Profile = ProfileOf(name));
        Assert.That(message, Does.Contain($"nothing proves requests under profile '{name}'").And.Contain("BasicCredentials").And.Contain("PathSecrets").And.Contain("AllowUnsigned"));
    }

    [TestCase("Mailjet")]
    [TestCase("MailUp")]
    [TestCase("Raw")]
    [TestCase("StandardWebhooks")]
    public void Map_AllowUnsigned_IsAccepted(string name) => Assert.That(() => Map(o =>
    {
        o.Profile = ProfileOf(name);
        o.AllowUnsigned = true;
        o.OnAny((_, _) => Task.CompletedTask);
    }), Throws.Nothing);

    [Test]
    public void Map_SignedProfileWithoutSecret_IsRefusedWithTheFix() =>
        Assert.That(Refusal(_ => { }), Does.Contain("'StandardWebhooks' is signed, and there is no secret").And.Contain("Secrets").And.Contain("ResolveSecrets"));

    [Test]
    public void Map_ManyFaults_NamesAllAtOnceAndNoSecret()
    {
        var message = Refusal(
            o =>
            {
                o.Secrets.Add("whsec_short");
                o.BasicCredentials.Add("nocolon");
                o.PathSecrets.Add("guess");
                o.MaxBodyBytes = 0;
                o.QueueCapacity = 0;
                o.MaxConcurrency = 0;
                o.MaxRemembered = 0;
                o.Tolerance = TimeSpan.Zero;
                o.HandlerTimeout = TimeSpan.Zero;
                o.RetryAfter = TimeSpan.Zero;
                o.RememberFor = TimeSpan.Zero;
                o.AllowedRequestsPerMinute = 0;
                o.AllowedOrigins.Add("https://x.example");
                o.Name = "";
                o.Handling = (WebhookHandling)9;
                o.OnEvent<string>("no good!", (_, _, _) => Task.CompletedTask);
                o.Forward();
            },
            handles: false);
        string[] expected =
        [
            "secret 1", "entry 1 of BasicCredentials", "has no {secret}", "one of PathSecrets", "MaxBodyBytes is 0", "QueueCapacity", "MaxConcurrency", "MaxRemembered",
            "Tolerance", "HandlerTimeout", "RetryAfter", "RememberFor", "AllowedRequestsPerMinute", "AllowedOrigins", "Name has 0", "Handling is 9", "OnEvent is refused",
            "both handled and forwarded", "services.AddWebhooks()",
        ];
        foreach (var part in expected) Assert.That(message, Does.Contain(part));
        Assert.That(message, Does.Not.Contain("whsec_short").And.Not.Contain("nocolon").And.Not.Contain("guess,"));
    }

    [Test]
    public void Map_RememberedForLessThanAReplayIsPossible_IsRefused() =>
        Assert.That(Refusal(o => { o.Secrets.Add(ReceiverHost.Secret); o.RememberFor = TimeSpan.FromMinutes(10); }), Does.Contain("RememberFor is 00:10:00"));

    [Test]
    public void Map_NothingToDo_IsRefused() => Assert.That(Refusal(o => o.Secrets.Add(ReceiverHost.Secret), handles: false), Does.Contain("Call OnEvent, OnAny or Forward"));

    [Test]
    public void Map_FromStoreWithoutInbox_IsRefusedWithTheFix() =>
        Assert.That(Refusal(o => { o.Secrets.Add(ReceiverHost.Secret); o.Handling = WebhookHandling.FromStore; }), Does.Contain("AddInbox()"));

    [Test]
    public void Map_SecretParameterWithoutSecrets_IsRefused() =>
        Assert.That(() => Map(o => { o.Secrets.Add(ReceiverHost.Secret); o.OnAny((_, _) => Task.CompletedTask); }, "/hooks/{secret}"), Throws.ArgumentException.With.Message.Contains("PathSecrets is empty"));

    [Test]
    public void Map_ServicesMissing_SaysWhatToCall()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.That(() => app.MapWebhookReceiver("/hooks", _ => { }), Throws.InvalidOperationException.With.Message.Contains("AddWebhookReceivers()"));
    }

    [Test]
    public void Map_TwoInboxesOfOneName_IsRefused()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhooks().AddInbox();
        var app = builder.Build();
        void MapOne() => app.MapWebhookReceiver("/hooks", o =>
        {
            o.Secrets.Add(ReceiverHost.Secret);
            o.Handling = WebhookHandling.FromStore;
            o.OnAny((_, _) => Task.CompletedTask);
        });
        MapOne();
        Assert.That(MapOne, Throws.ArgumentException.With.Message.Contains("Name"));
    }

    [Test]
    public void Catalog_WithAnInbox_DoesNotOfferItsProfile()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhooks().AddInbox();
        var catalog = builder.Build().Services.GetRequiredService<IWebhookCatalog>();
        Assert.That(catalog.Profiles.Select(p => p.Name), Has.None.EqualTo("Inbox").And.Contain("Raw"));
    }

    private static WebhookProfile ProfileOf(string name) =>
        name switch { "Mailjet" => WebhookProfiles.Mailjet, "MailUp" => WebhookProfiles.MailUp, "Raw" => WebhookProfiles.Raw, "CloudEvents" => WebhookProfiles.CloudEvents, _ => WebhookProfiles.StandardWebhooks };

    private static string Refusal(Action<WebhookReceiverOptions> configure, bool handles = true) => Assert.Throws<ArgumentException>(() => Map(o =>
    {
        configure(o);
        if (handles) o.OnAny((_, _) => Task.CompletedTask);
    }))!.Message;

    private static void Map(Action<WebhookReceiverOptions> configure, string pattern = "/hooks")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhookReceivers();
        builder.Build().MapWebhookReceiver(pattern, configure);
    }
}
