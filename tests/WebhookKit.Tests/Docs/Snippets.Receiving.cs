using System.Text.Json;
using NUnit.Framework;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task Verify_SentRequest_IsValid()
    {
        await using var harness = await StartAsync();
        var secret = (await SubscribeAsync(harness)).Secrets[0].Value;
        await harness.Publisher.PublishAsync(new SubscriberCreated("42", "ada@example.com"));
        await harness.DrainAsync();
        var (headers, body) = (harness.Requests[0].Headers, harness.Requests[0].Body);
        var result = new WebhookVerifier(WebhookProfiles.StandardWebhooks, [secret], harness.Clock).Verify(headers, body);
        Assert.That(result.IsValid, Is.True, result.Message);
        Assert.That(Check(secret, headers, body), Is.EqualTo(401), "the manual clock is not the one that this verifier reads");
    }

    [Test]
    public async Task Duplicates_BatchSentTwice_EachEventCountsOnce()
    {
        await using var harness = await StartAsync();
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription
        {
            Url = new Uri("https://example.com/hooks"),
            EventTypes = ["*"],
            Batching = new BatchingOptions { MaxEvents = 3 },
        });
        harness.Receiver.Default.Drop(HttpRequestError.ResponseEnded).Reply(200);
        for (var i = 0; i < 3; i++) await harness.Publisher.PublishAsync(new SubscriberCreated($"{i}", "ada@example.com"));
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var seen = new HashSet<string>();
        var handled = harness.Requests.SelectMany(request => NewEvents(request.Headers["webhook-id"], request.Body, seen)).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests, Has.Count.EqualTo(2));
            Assert.That(handled, Has.Count.EqualTo(3));
        });
    }

    private static int Check(string secret, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        // snippet: verify
        var verifier = new WebhookVerifier(WebhookProfiles.StandardWebhooks, [secret]);
        var result = verifier.Verify(headers, body);
        if (!result.IsValid) return 401;
        // end snippet
        return 200;
    }

    // snippet: duplicates
    private static IEnumerable<JsonElement> NewEvents(string messageId, ReadOnlyMemory<byte> body, HashSet<string> seen)
    {
        var root = JsonDocument.Parse(body).RootElement;
        if (root.ValueKind != JsonValueKind.Array) return seen.Add(messageId) ? [root] : [];
        return root.EnumerateArray().Where(item => seen.Add(item.GetProperty("id").GetString()!));
    }
    // end snippet
}
