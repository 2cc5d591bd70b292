using System.Data.Common;
using System.Text;
using Moq;
using NUnit.Framework;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Publishing;

/// <summary>What is refused is refused before anything is stored, and says which value and what to do.</summary>
public sealed class PublishRefusalTests
{
    [TestCase(null, "is empty")]
    [TestCase("", "is empty")]
    [TestCase("subscriber.*", "has '*' at character 12")]
    [TestCase("subscriber.craeted", "'subscriber.craeted' is not in the catalogue. The nearest known one is 'subscriber.created'. Add it with AddEventType(...)")]
    [TestCase("order.paid", "'order.paid' is not in the catalogue.")]
    public async Task PublishAsync_BadType_IsRefused(string? type, string message)
    {
        await AssertRefusedAsync(p => p.PublishAsync(type!, 1), "EventType", message);
        await AssertRefusedAsync(p => p.PublishJsonAsync(type!, "1"u8.ToArray()), "EventType", message);
        await AssertRefusedAsync(p => p.PublishAsync(new WebhookEvent { Type = type!, Data = "1"u8.ToArray() }), "EventType", message);
        await AssertManyRefusedAsync(p => p.PublishManyAsync(type!, [1]), "EventType", message);
    }

    [TestCase("a.b", "'a.b' has characters other than visible ASCII, or a '.'")]
    [TestCase("a b", "'a b' has characters")]
    [TestCase("a\r\nx: y", "'a\uFFFD\uFFFDx: y' has characters")]
    [TestCase("é", "'é' has characters")]
    public async Task PublishAsync_BadId_IsRefused(string id, string message)
    {
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { EventId = id }), "Id", message, "Replace them");
        await AssertRefusedAsync(p => p.PublishAsync(new WebhookEvent { Id = id, Type = Created, Data = "1"u8.ToArray() }), "Id", message, "Replace them");
    }

    [Test]
    public async Task PublishAsync_LongId_IsRefusedFromTheFirstCharacterTooMany()
    {
        await using var engine = await StartAsync();
        await engine.PublishAsync(new PublishOptions { EventId = new string('a', 128) });
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { EventId = new string('a', 129) }), "Id", "129 characters. Use 128");
    }

    [Test]
    public async Task PublishAsync_DataThatDoesNotSerialize_IsRefused()
    {
        await AssertRefusedAsync(p => p.PublishAsync(Created, new { At = double.NaN }), "Data", $"'{Created}'", "cannot be serialized");
        await AssertRefusedAsync(p => p.PublishAsync(Created, new Faulty()), "Data", typeof(Faulty).FullName!, "the getter's own reason");
        await AssertRefusedAsync(p => p.PublishAsync(Created, new Circle()), "Data", typeof(Circle).FullName!, "cannot be serialized");
        await AssertRefusedAsync(p => p.PublishAsync(Created, (object)typeof(string)), "Data", "cannot be serialized");
        await AssertManyRefusedAsync(p => p.PublishManyAsync(Created, [1.0, double.NaN]), "Data", "cannot be serialized");
    }

    [Test]
    public async Task PublishAsync_TypeNotBound_IsRefused()
    {
        await AssertRefusedAsync(p => p.PublishAsync(new Circle()), "Type", typeof(Circle).FullName!, "AddEventType<Circle>");
        await AssertManyRefusedAsync(p => p.PublishManyAsync([new Circle()]), "Type", "AddEventType<Circle>");
    }

    [TestCase(100, true)]
    [TestCase(101, false)]
    public async Task PublishAsync_DataOverTheLimit_IsRefused(int bytes, bool isAccepted)
    {
        var json = $"\"{new string('x', bytes - 2)}\"";
        if (isAccepted)
        {
            await using var engine = await StartAsync(o => o.MaxEventBytes = 100);
            await engine.Publisher.PublishJsonAsync(Created, Encoding.UTF8.GetBytes(json));
            Assert.That(await engine.EventsAsync(), Has.Count.EqualTo(1));
            return;
        }

        await AssertRefusedAsync(p => p.PublishJsonAsync(Created, Encoding.UTF8.GetBytes(json)), "Data", "has 101 bytes; the limit is 100", "MaxEventBytes");
        await AssertRefusedAsync(p => p.PublishAsync(Created, json[1..^1]), "Data", "has 101 bytes; the limit is 100");
        await AssertRefusedAsync(
            p => p.PublishAsync(new WebhookEvent { Type = Created, ContentType = "text/plain", Data = new byte[101] }), "Data", "has 101 bytes; the limit is 100");
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("{}{}")]
    [TestCase("{} // comment")]
    [TestCase("[1,]")]
    [TestCase("nul")]
    [TestCase("\uFEFF{}")]
    [TestCase("\"\\ud800\"")]
    public async Task PublishJsonAsync_NotOneJsonValue_IsRefused(string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        await AssertRefusedAsync(p => p.PublishJsonAsync(Created, data), "Data", $"'{Created}' is not JSON", "Pass one JSON value, or set ContentType");
        await AssertRefusedAsync(p => p.PublishAsync(new WebhookEvent { Type = Created, Data = data }), "Data", $"'{Created}' is not JSON");
    }

    [Test]
    public async Task PublishJsonAsync_InvalidUtf8_IsRefused() =>
        await AssertRefusedAsync(p => p.PublishJsonAsync(Created, new byte[] { (byte)'"', 0xff, (byte)'"' }), "Data", "UTF-8");

    [TestCase("application/json; charset=utf-8")]
    [TestCase("Application/JSON")]
    [TestCase("application/cloudevents+json")]
    [TestCase("text/json")]
    public async Task PublishAsync_OtherNameOfJson_IsCheckedToo(string contentType) =>
        await AssertRefusedAsync(
            p => p.PublishAsync(new WebhookEvent { Type = Created, ContentType = contentType, Data = "1},{"u8.ToArray() }), "Data", "is not JSON");

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(long.MinValue)]
    public async Task PublishAsync_TimeToLiveOutOfRange_IsRefused(long ticks) =>
        await AssertRefusedAsync(
            p => p.PublishAsync(Created, 1, new PublishOptions { TimeToLive = TimeSpan.FromTicks(ticks) }), "TimeToLive", $"{TimeSpan.FromTicks(ticks)}", "Leave it null");

    [Test]
    public async Task PublishAsync_SeveralFaults_AreNamedAtOnce()
    {
        var refused = await AssertRefusedAsync(p => p.PublishAsync(new WebhookEvent { Id = "a.b", Type = "nope", Data = "{"u8.ToArray() }), "Data", "is not JSON");
        Assert.That(refused.Errors.Select(e => e.Field), Is.EqualTo(new[] { "EventType", "Id", "Data" }));
        Assert.That(refused.Message, Does.Contain("'nope'").And.Contain("'a.b'").And.Contain("is not JSON"));
    }

    [Test]
    public async Task PublishManyAsync_OneBadAmongMany_StoresNone()
    {
        WebhookEvent good = new() { Type = Created, Data = "1"u8.ToArray() };
        await AssertManyRefusedAsync(p => p.PublishManyAsync([good, good, good with { Type = "subscriber.create" }, good]), "EventType", "'subscriber.create'");
        await AssertManyRefusedAsync(p => p.PublishManyAsync([good, good with { Id = "a.b" }]), "Id", "'a.b'");
        await AssertManyRefusedAsync(p => p.PublishManyAsync([good, good with { Data = "{"u8.ToArray() }]), "Data", "is not JSON");
        await AssertManyRefusedAsync(p => p.PublishManyAsync(Created, new object[] { 1, new Faulty() }), "Data", "cannot be serialized");
    }

    [Test]
    public async Task PublishManyAsync_OneIdForMany_IsRefused() =>
        await AssertManyRefusedAsync(p => p.PublishManyAsync(Created, [1], new PublishOptions { EventId = "x" }), "EventId", "each with its own Id");

    [Test]
    public async Task PublishManyAsync_TooMany_IsRefusedWithoutReadingOn()
    {
        var read = 0;
        await AssertManyRefusedAsync(
            p =>
            {
                read = 0;
                return p.PublishManyAsync(Created, Enumerable.Range(0, int.MaxValue).Select(i => read = i));
            },
            "events",
            "10,000");
        Assert.That(read, Is.LessThanOrEqualTo(10_000));
    }

    [Test]
    public async Task PublishAsync_TransactionWithTheInMemoryStore_IsRefused()
    {
        await using var engine = await StartAsync();
        var options = new PublishOptions { Transaction = Mock.Of<DbTransaction>() };

        var refused = await ThrownAsync<WebhookConflictException>(async () => await engine.PublishAsync(options));

        Assert.That(refused.Message, Does.Contain("in-memory store").And.Contain("leave PublishOptions.Transaction out"));
        Assert.That(await engine.EventsAsync(), Is.Empty);
    }

    [Test]
    public async Task PublishAsync_Null_IsRefused()
    {
        await using var engine = await StartAsync();
        Assert.That(async () => await engine.Publisher.PublishAsync((WebhookEvent)null!), Throws.ArgumentNullException);
        Assert.That(async () => await engine.Publisher.PublishManyAsync((IEnumerable<WebhookEvent>)null!), Throws.ArgumentNullException);
        Assert.That(async () => await engine.Publisher.PublishManyAsync(Created, (IEnumerable<int>)null!), Throws.ArgumentNullException);
    }

    private static PublishOptions WithAttributes(params (string Name, string Value)[] attributes) =>
        new() { Attributes = attributes.ToDictionary(a => a.Name, a => a.Value) };

    private static Task<WebhookValidationException> AssertManyRefusedAsync(
        Func<IWebhookPublisher, ValueTask<IReadOnlyList<PublishReceipt>>> publish, string field, params string[] inMessage) =>
        AssertRefusedAsync(async p => (await publish(p))[0], field, inMessage);

    private static async Task<WebhookValidationException> AssertRefusedAsync(
        Func<IWebhookPublisher, ValueTask<PublishReceipt>> publish, string field, params string[] inMessage)
    {
        await using var engine = await StartAsync(o => o.MaxEventBytes = 100);
        await engine.SubscribeAsync();

        var refused = await ThrownAsync<WebhookValidationException>(async () => await publish(engine.Publisher));

        Assert.That(refused.Errors.Select(e => e.Field), Has.Member(field));
        foreach (var text in inMessage) Assert.That(refused.Message, Does.Contain(text));
        Assert.That(await engine.EventsAsync(), Is.Empty);
        Assert.That(await engine.DeliveriesAsync(), Is.Empty);
        return refused;
    }

    private sealed class Faulty
    {
        public string Value => throw new KeyNotFoundException($"the getter's own reason, {GetType().Name}");
    }

    private sealed class Circle
    {
        public Circle Self => this;
    }

    [Test]
    public async Task PublishAsync_EmptyId_IsRefused() =>
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { EventId = "" }), "EventId", "is empty", "Leave it null");

    [Test]
    public async Task PublishAsync_NullPartsOfAPreparedEvent_AreRefused()
    {
        var good = new WebhookEvent { Type = Created, Data = "1"u8.ToArray() };
        await AssertRefusedAsync(p => p.PublishAsync(good with { Id = null! }), "Id", "The event id is null.");
        await AssertRefusedAsync(p => p.PublishAsync(good with { Id = null! }, new PublishOptions()), "Id", "The event id is null.");
        await AssertRefusedAsync(p => p.PublishAsync(good with { ContentType = null! }), "Data", "The content type", "is null");
        await AssertRefusedAsync(p => p.PublishAsync(good with { Attributes = null! }), "Attributes", "The attributes are null.");
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { SubscriptionIds = [null!] }), "SubscriptionIds", "is null");
        await using var engine = await StartAsync();
        Assert.That(async () => await engine.Publisher.PublishManyAsync([good, null!]), Throws.ArgumentNullException);
    }

    [TestCase(257, "TenantId", "The tenant id has 257 characters. Use 256")]
    [TestCase(0, "TenantId", "The tenant id is empty. Leave it null")]
    public async Task PublishAsync_BadTenant_IsRefused(int length, string field, string message) =>
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { TenantId = new string('t', length) }), field, message);

    [Test]
    public async Task PublishAsync_HalfACharacter_IsRefused()
    {
        // Not test cases: attributes are compiled as UTF-8, which has no such thing.
        foreach (var text in (string[])["a\ud800", "\udc00a", "\ud83d\ud83d\ude00"])
        {
            await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { OrderingKey = text }), "OrderingKey", "half a character");
            await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { TenantId = text }), "TenantId", "half a character");
            await AssertRefusedAsync(p => p.PublishAsync(Created, 1, WithAttributes(("a", text))), "Attributes", "half a character");
            await AssertRefusedAsync(p => p.PublishAsync(Created, 1, WithAttributes((text, "v"))), "Attributes", "half a character");
            await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { EventId = text }), "Id", "has characters other than visible ASCII");
        }
    }

    [Test]
    public async Task PublishAsync_CharactersBeyondThe16BitOnes_AreAccepted()
    {
        await using var engine = await StartAsync();
        await engine.PublishAsync(new PublishOptions { OrderingKey = "\ud83d\ude00\ud83d\ude00", Attributes = new Dictionary<string, string> { ["\ud83d\ude00"] = "a\ud83d\ude00" } });
        Assert.That(await engine.EventsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_LongTexts_AreRefused()
    {
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { OrderingKey = new string('k', 257) }), "OrderingKey", "257 characters");
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, new PublishOptions { OrderingKey = "a\0" }), "OrderingKey", "U+0000");
        await AssertRefusedAsync(p => p.PublishAsync(new WebhookEvent { Type = Created, Data = "1"u8.ToArray(), TraceParent = "00-\0" }), "TraceParent", "U+0000");
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, WithAttributes(("a", new string('v', 4097)))), "Attributes", "'a' has 4,097 characters");
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, WithAttributes((new string('n', 129), "v"))), "Attributes", "129 characters");
        await AssertRefusedAsync(p => p.PublishAsync(Created, 1, WithAttributes(("a", null!))), "Attributes", "'a' is null");
        await AssertRefusedAsync(
            p => p.PublishAsync(Created, 1, WithAttributes([.. Enumerable.Range(0, 65).Select(i => ($"a{i}", "v"))])), "Attributes", "There are 65 attributes");
    }
}
