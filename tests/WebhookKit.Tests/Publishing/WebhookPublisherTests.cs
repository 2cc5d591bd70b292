using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Publishing;

public sealed class WebhookPublisherTests
{
    private static readonly CampaignOpened Typed = new("c1", 9007199254740993);

    [Test]
    public async Task PublishAsync_NamedType_IsStoredAndDelivered()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        var receipt = await engine.Publisher.PublishAsync(Created, new { Email = "ada@example.com", Age = (int?)null });
        await engine.DrainAsync();

        var request = engine.Requests.Single();
        Assert.Multiple(() =>
        {
            Assert.That(receipt, Is.EqualTo(new PublishReceipt(receipt.EventId, 1, IsDuplicate: false)));
            Assert.That(receipt.EventId, Does.Match("^msg_[0-9a-f]{32}$"));
            Assert.That(request.Headers["webhook-id"], Is.EqualTo(receipt.EventId));
            Assert.That(request.BodyText, Is.EqualTo(
                """{"type":"subscriber.created","timestamp":"2030-01-01T00:00:00.000000Z","data":{"email":"ada@example.com","age":null}}"""));
        });
    }

    [Test]
    public async Task PublishAsync_NothingMatches_KeepsTheEvent()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { EventTypes = [Deleted] });

        var receipt = await engine.PublishAsync();

        Assert.That(receipt.Deliveries, Is.Zero);
        Assert.That((await engine.EventsAsync()).Single().Id, Is.EqualTo(receipt.EventId));
    }

    [Test]
    public async Task PublishAsync_OtherTenant_IsNotMatched()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { TenantId = "a" });

        Assert.That((await engine.PublishAsync(new PublishOptions { TenantId = "b" })).Deliveries, Is.Zero);
        Assert.That((await engine.PublishAsync()).Deliveries, Is.Zero);
        Assert.That((await engine.PublishAsync(new PublishOptions { TenantId = "a" })).Deliveries, Is.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_TypedEvent_GoesUnderItsType()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(Typed);
        await engine.DrainAsync();

        Assert.That(engine.Requests.Single().BodyText, Does.StartWith("""{"type":"campaign.open",""")
            .And.EndsWith(""","data":{"campaignId":"c1","subscriberId":9007199254740993}}"""));
    }

    [Test]
    public async Task PublishAsync_ObjectData_IsSerializedAsWhatItIs()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(Created, (object)Typed);
        await engine.Publisher.PublishAsync(Created, (object?)null);
        await engine.DrainAsync();

        Assert.That(engine.Requests.Select(r => r.BodyText[r.BodyText.IndexOf("\"data\"", StringComparison.Ordinal)..]), Is.EquivalentTo(new[]
        {
            "\"data\":{\"campaignId\":\"c1\",\"subscriberId\":9007199254740993}}",
            "\"data\":null}",
        }));
    }

    [Test]
    public async Task PublishAsync_TypeInfo_IsUsedWithoutReflection()
    {
        await using var engine = await StartAsync(o => o.SerializerOptions = new JsonSerializerOptions { TypeInfoResolver = JsonTypeInfoResolver.Combine() });
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(Opened, Typed, PublishingJson.Default.CampaignOpened);
        await engine.Publisher.PublishManyAsync(Opened, [Typed], PublishingJson.Default.CampaignOpened);
        await engine.DrainAsync();

        Assert.That(engine.Requests.Select(r => r.BodyText), Has.Exactly(2).Items
            .And.All.EndsWith(""","data":{"campaign_id":"c1","subscriber_id":9007199254740993}}"""));
    }

    [Test]
    public async Task PublishAsync_ContextInTheOptions_IsUsedAndNamedForWhatItLacks()
    {
        await using var engine = await StartAsync(o => o.SerializerOptions = new JsonSerializerOptions { TypeInfoResolver = PublishingJson.Default });
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(Typed);
        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.Publisher.PublishAsync(Created, new { a = 1 }));

        Assert.That(refused.Message, Does.Contain("JsonSerializerContext of WebhookOptions.SerializerOptions"));
        Assert.That(await engine.EventsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_OptionsWithoutResolver_SerializeByReflection()
    {
        await using var engine = await StartAsync(o => o.SerializerOptions = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper });
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(Typed);
        await engine.DrainAsync();

        Assert.That(engine.Requests.Single().BodyText, Does.EndWith(""","data":{"CAMPAIGN_ID":"c1","SUBSCRIBER_ID":9007199254740993}}"""));
    }

    [TestCase("""{"id":9223372036854775807,"price":0.10,"big":12345678901234567890123,"exp":1E+2}""")]
    [TestCase("""  { "esc" : "\u00e9\/" , "raw" : "é😀", "twice" : 1, "twice" : 2 }  """)]
    [TestCase("-0.0")]
    [TestCase("\"text\"")]
    [TestCase("[]")]
    public async Task PublishJsonAsync_Json_ReachesTheReceiverByteForByte(string json)
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        await engine.Publisher.PublishJsonAsync(Created, Encoding.UTF8.GetBytes(json));
        await engine.DrainAsync();

        Assert.That(engine.Requests.Single().BodyText, Does.EndWith($",\"data\":{json}}}"));
    }

    [Test]
    public async Task PublishAsync_PreparedEvent_SaysMoreThanTheOptions()
    {
        await using var engine = await StartAsync();
        var prepared = new WebhookEvent
        {
            Id = "own-id",
            TenantId = "own",
            Type = Created,
            OccurredAt = new DateTimeOffset(2029, 5, 1, 0, 0, 0, TimeSpan.FromHours(2)),
            Data = "1"u8.ToArray(),
            OrderingKey = "own-key",
            Attributes = new Dictionary<string, string> { ["own"] = "1" },
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        var receipt = await engine.Publisher.PublishAsync(prepared, new PublishOptions
        {
            EventId = "other-id",
            TenantId = "other",
            OccurredAt = ManualTimeProvider.DefaultStart,
            OrderingKey = "other-key",
            Attributes = new Dictionary<string, string> { ["other"] = "1" },
        });

        Assert.That(receipt.EventId, Is.EqualTo("own-id"));
        var stored = (await engine.EventsAsync("own")).Single();
        Assert.That(stored.Attributes, Is.EquivalentTo(prepared.Attributes));
        Assert.That(stored with { Attributes = prepared.Attributes }, Is.EqualTo(prepared));
    }

    [Test]
    public async Task PublishAsync_PreparedEvent_TakesFromTheOptionsWhatItLeavesOpen()
    {
        await using var engine = await StartAsync();
        var options = new PublishOptions
        {
            EventId = "e1",
            TenantId = "t",
            OccurredAt = new DateTimeOffset(2029, 5, 1, 0, 0, 0, TimeSpan.Zero),
            OrderingKey = "k",
            Attributes = new Dictionary<string, string> { ["a"] = "1" },
        };

        await engine.Publisher.PublishAsync(new WebhookEvent { Type = Created, Data = "1"u8.ToArray() }, options);
        await engine.Publisher.PublishAsync(Created, 1, options with { EventId = "e2" });

        var events = await engine.EventsAsync("t");
        Assert.That(events.Select(e => e.Id), Is.EqualTo(new[] { "e1", "e2" }));
        Assert.That(events.Select(e => (e.OccurredAt, e.OrderingKey, e.Attributes["a"])), Is.All.EqualTo((options.OccurredAt.Value, "k", "1")));
    }

    [Test]
    public async Task PublishAsync_NoOptions_UsesTheTimeAndAnIdOfItsOwn()
    {
        await using var engine = await StartAsync();
        engine.Clock.Advance(TimeSpan.FromHours(1));

        var first = await engine.Publisher.PublishAsync(new WebhookEvent { Type = Created, Data = "1"u8.ToArray() });
        var second = await engine.PublishAsync();

        var events = await engine.EventsAsync();
        Assert.That(events.Select(e => e.Id), Is.EqualTo(new[] { first.EventId, second.EventId }).And.Unique);
        Assert.That(events.Select(e => e.OccurredAt), Is.All.EqualTo(engine.Clock.GetUtcNow()));
    }

    [Test]
    public async Task PublishAsync_UnknownTypeAllowed_IsMatchedByWildcard()
    {
        await using var engine = await StartAsync(o => o.AllowUnknownEventTypes = true);
        await engine.SubscribeAsync();

        Assert.That((await engine.Publisher.PublishAsync("never.heard-of", 1)).Deliveries, Is.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_OtherContentType_IsTakenAsItIs()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        await engine.Publisher.PublishAsync(new WebhookEvent { Type = Created, Data = "a,b\n"u8.ToArray(), ContentType = "text/csv" });
        await engine.DrainAsync();

        Assert.That(engine.Requests.Single().BodyText, Does.EndWith(""","data":"a,b\n"}"""));
    }

    [Test]
    public async Task PublishManyAsync_EachForm_StoresAllInOrder()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        var named = await engine.Publisher.PublishManyAsync(Created, [1, 2], new PublishOptions { OrderingKey = "k" });
        var typed = await engine.Publisher.PublishManyAsync([Typed, Typed]);
        var prepared = await engine.Publisher.PublishManyAsync(
            [new WebhookEvent { Id = "a", Type = Created, Data = "3"u8.ToArray() }, new WebhookEvent { Id = "b", Type = Deleted, Data = "4"u8.ToArray() }]);

        var events = await engine.EventsAsync();
        Assert.Multiple(() =>
        {
            Assert.That(named.Concat(typed).Concat(prepared).Select(r => r.EventId), Is.EqualTo(events.Select(e => e.Id)).And.Unique);
            Assert.That(named.Concat(typed).Concat(prepared).Select(r => r.Deliveries), Is.All.EqualTo(1));
            Assert.That(events.Select(e => e.Type), Is.EqualTo(new[] { Created, Created, Opened, Opened, Created, Deleted }));
            Assert.That(events.Select(e => e.OrderingKey), Is.EqualTo(new[] { "k", "k", null, null, null, null }));
            Assert.That(Encoding.UTF8.GetString(events[1].Data.Span), Is.EqualTo("2"));
        });
    }

    [Test]
    public async Task PublishManyAsync_Nothing_StoresNothing()
    {
        await using var engine = await StartAsync();

        Assert.That(await engine.Publisher.PublishManyAsync(Array.Empty<WebhookEvent>()), Is.Empty);
    }

    [Test]
    public async Task PublishAsync_TimeToLive_ExpiresWhatHasNotSucceeded()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500);
        await engine.SubscribeAsync(s => s with { Profile = null });

        await engine.PublishAsync(new PublishOptions { TimeToLive = TimeSpan.FromSeconds(30) });
        var published = await engine.DeliveryAsync();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(10));

        var delivery = await engine.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(published.ExpiresAt, Is.EqualTo(published.CreatedAt + TimeSpan.FromSeconds(30)));
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Expired));
            Assert.That(engine.Requests, Has.Count.EqualTo(2), "at once and after 5 seconds; the next would be too late");
        });
    }

    [Test]
    public async Task PublishAsync_TimeToLiveBeyondTheEndOfTime_NeverExpires()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        await engine.PublishAsync(new PublishOptions { TimeToLive = TimeSpan.MaxValue });

        Assert.That((await engine.DeliveryAsync()).ExpiresAt, Is.Null);
    }

    [Test]
    public async Task PublishAsync_Canceled_StoresNothing()
    {
        await using var engine = await StartAsync();

        Assert.That(async () => await engine.Publisher.PublishAsync(Created, 1, null, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await engine.EventsAsync(), Is.Empty);
    }
}
