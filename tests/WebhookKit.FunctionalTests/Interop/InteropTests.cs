using System.Text;

namespace WebhookKit.FunctionalTests.Interop;

/// <summary>The verifiers that receivers have accept what is sent, and refuse what was changed on its way.</summary>
public sealed class InteropTests
{
    private static readonly Dictionary<string, WebhookProfile> Profiles =
        new[] { WebhookProfiles.StandardWebhooks, WebhookProfiles.Svix, WebhookProfiles.GitHub }.ToDictionary(p => p.Name);

    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["plain"] = """{"email":"ada@example.com","number":9007199254740993,"amount":0.10}""",
        ["not ASCII"] = """{"name":"Zoë Ångström 北京 🎉","escapes":"\"\\\/\b\u0001\u2028\ud83c\udf89"}""",
        ["large"] = $"\"{new string('x', 200_000)}\"",
        ["large and not ASCII"] = $"\"{string.Concat(Enumerable.Repeat("é🎉", 20_000))}\"",
    };

    private static readonly string[] ProfileNames = [.. Profiles.Keys];

    private static readonly string[] BodyNames = [.. Bodies.Keys];

    [Test]
    public async Task Deliver_AnyBody_IsAccepted([ValueSource(nameof(ProfileNames))] string profile, [ValueSource(nameof(BodyNames))] string body)
    {
        var attempt = await DeliverAsync(Profiles[profile], Bodies[body]);
        Assert.That(attempt.StatusCode, Is.EqualTo(204), attempt.ResponseBody);
    }

    [Test]
    public async Task Deliver_BodyChangedByOneByte_IsRefused([ValueSource(nameof(ProfileNames))] string profile)
    {
        var attempt = await DeliverAsync(Profiles[profile], Bodies["plain"], changesBody: true);
        Assert.That(attempt.StatusCode, Is.EqualTo(401));
    }

    [Test]
    public async Task Deliver_Batch_IsAccepted()
    {
        var attempt = await DeliverAsync(WebhookProfiles.StandardWebhooks, Bodies["not ASCII"], batching: new BatchingOptions { MaxEvents = 1 });
        Assert.That(attempt.StatusCode, Is.EqualTo(204), attempt.ResponseBody);
    }

    [Test]
    public async Task Deliver_WhileRotating_IsAcceptedWithTheOldAndTheNewSecret([ValueSource(nameof(ProfileNames))] string profile)
    {
        // Where a header takes one signature, the retry carries the other one.
        var retrying = Profiles[profile] with { Name = "retrying", Retry = new RetrySchedule(TimeSpan.Zero) };
        await using var node = await NodeReceiver.StartAsync();
        await using var host = await TestHost.StartAsync(webhooks => webhooks.AddProfile(retrying));
        var (old, young) = (retrying.Signer!.GenerateSecret(), retrying.Signer.GenerateSecret());
        foreach (var known in (string[])[old, young])
        {
            var subscription = await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = node.Url(profile.ToLowerInvariant(), known), Profile = "retrying", Secret = old });
            await host.Subscriptions.RotateSecretAsync(subscription.Id, young);
            var attempt = await PublishAsync(host, subscription, Bodies["not ASCII"]);
            Assert.That(attempt.StatusCode, Is.EqualTo(204), attempt.ResponseBody);
        }
    }

    private static async Task<DeliveryAttempt> DeliverAsync(WebhookProfile profile, string body, bool changesBody = false, BatchingOptions? batching = null)
    {
        await using var node = await NodeReceiver.StartAsync();
        await using var host = await TestHost.StartAsync(webhooks =>
        {
            if (changesBody) webhooks.HttpClient.AddHttpMessageHandler(() => new ByteChanger());
        });
        var secret = profile.Signer!.GenerateSecret();
        var subscription = await host.Subscriptions.CreateAsync(new NewWebhookSubscription
        {
            Url = node.Url(profile.Name.ToLowerInvariant(), secret),
            Profile = profile.Name,
            Secret = secret,
            Batching = batching,
        });
        return await PublishAsync(host, subscription, body);
    }

    private static async Task<DeliveryAttempt> PublishAsync(TestHost host, WebhookSubscription subscription, string body)
    {
        var receipt = await host.Publisher.PublishJsonAsync("subscriber.created", Encoding.UTF8.GetBytes(body), new PublishOptions { SubscriptionIds = [subscription.Id] });
        await host.Deliveries.DrainAsync();
        var delivery = (await host.Deliveries.ListAsync(new DeliveryQuery { EventId = receipt.EventId })).Items.Single();
        return (await host.Deliveries.GetAttemptsAsync(delivery.Id))[^1];
    }

    /// <summary>Changes one byte of each body on its way.</summary>
    private sealed class ByteChanger : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            body[body.Length / 2] ^= 1;
            var changed = new ByteArrayContent(body);
            changed.Headers.ContentType = request.Content.Headers.ContentType;
            request.Content = changed;
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
