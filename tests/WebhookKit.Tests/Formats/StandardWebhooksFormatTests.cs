using System.Text;
using System.Text.Json;
using NUnit.Framework;
using WebhookKit.Formats;

namespace WebhookKit.Tests.Formats;

public class StandardWebhooksFormatTests
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2022, 11, 3, 20, 26, 10, TimeSpan.Zero).AddTicks(3_445_227);

    private readonly StandardWebhooksFormat _format = new();

    [Test]
    public void Format_Single_IsTypeTimestampAndData()
    {
        var content = Format(Event("""{"id":"42"}"""));

        Assert.That(Text(content), Is.EqualTo("""{"type":"subscriber.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"42"}}"""));
        Assert.That(content.ContentType, Is.EqualTo("application/json"));
        Assert.That(content.Method, Is.EqualTo(HttpMethod.Post));
        Assert.That(content.Uri, Is.EqualTo(new Uri("https://example.com/hooks?a=b")));
        Assert.That(content.Headers, Is.Null);
    }

    [Test]
    public void Format_Batch_IsAnArrayWithIds()
    {
        var content = Format(true, Event("1") with { Id = "evt_1" }, Event("[2]") with { Id = "evt_2", Type = "campaign.open" });

        Assert.That(Text(content), Is.EqualTo(
            """[{"id":"evt_1","type":"subscriber.created","timestamp":"2022-11-03T20:26:10.344522Z","data":1},"""
            + """{"id":"evt_2","type":"campaign.open","timestamp":"2022-11-03T20:26:10.344522Z","data":[2]}]"""));
    }

    [Test]
    public void Format_BatchOfOne_IsAnArrayToo() =>
        Assert.That(Text(Format(true, Event("1"))), Does.StartWith("[{").And.EndsWith("}]"));

    [TestCase("{ \"a\" : 1.50 ,\n\"b\":\"\\u00e9é<\" }")]
    [TestCase("123456789012345678901234567890")]
    [TestCase("\"text\"")]
    [TestCase("null")]
    public void Format_JsonData_IsKeptByteForByte(string data) =>
        Assert.That(Text(Format(Event(data))), Does.EndWith($",\"data\":{data}}}"));

    [TestCase("application/json")]
    [TestCase("application/json; charset=utf-8")]
    [TestCase("APPLICATION/JSON")]
    [TestCase("text/json")]
    [TestCase("application/vnd.acme+json ;v=1")]
    public void Format_JsonMediaTypes_AreKept(string contentType) =>
        Assert.That(Text(Format(Event("[1]") with { ContentType = contentType })), Does.EndWith(""","data":[1]}"""));

    [TestCase("text/plain")]
    [TestCase("application/jsonl")]
    [TestCase("")]
    public void Format_Text_BecomesAJsonString(string contentType)
    {
        const string Data = "a \"quoted\" <é> \\ line\nbreak \u0001 😀";

        var content = Format(Event(Data) with { ContentType = contentType });

        Assert.That(Parse(content).GetProperty("data").GetString(), Is.EqualTo(Data));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(1000)]
    public void Format_Binary_BecomesBase64UnderItsOwnName(int length)
    {
        var data = Enumerable.Repeat((byte)0xff, length).ToArray();

        var root = Parse(Format(Event("") with { Data = data, ContentType = "application/octet-stream" }));

        Assert.That(root.GetProperty("data_base64").GetBytesFromBase64(), Is.EqualTo(data));
        Assert.That(root.TryGetProperty("data", out _), Is.False);
    }

    [TestCase("application/json")]
    [TestCase("text/plain")]
    public void Format_NoData_IsNull(string contentType) =>
        Assert.That(Text(Format(Event("") with { ContentType = contentType })), Does.EndWith(""","data":null}"""));

    [TestCase("0001-01-01T00:00:00.000000Z")]
    [TestCase("2024-02-29T23:59:59.999999Z")]
    [TestCase("9999-12-31T23:59:59.123000Z")]
    public void Format_Timestamp_AlwaysHasSixDigits(string text)
    {
        var content = Format(Event("1") with { OccurredAt = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) });

        Assert.That(Parse(content).GetProperty("timestamp").GetString(), Is.EqualTo(text));
    }

    [Test]
    public void Format_TimestampWithOffset_IsInUtc() =>
        Assert.That(Text(Format(Event("1") with { OccurredAt = At.ToOffset(TimeSpan.FromHours(-9.5)) })), Is.EqualTo(Text(Format(Event("1")))));

    [Test]
    public void Format_TimestampAsStoresKeepIt_GivesTheSameBytes()
    {
        var stored = At.AddTicks(-(At.Ticks % TimeSpan.TicksPerMicrosecond));

        Assert.That(Text(Format(Event("1") with { OccurredAt = stored })), Is.EqualTo(Text(Format(Event("1")))));
    }

    [TestCase("a\"b\\c")]
    [TestCase("größe.geändert")]
    [TestCase("a\nb")]
    [TestCase("~ !")]
    public void Format_TypeAndIdThatNeedEscaping_AreReadBackAlike(string text)
    {
        var item = Parse(Format(true, Event("1") with { Type = text, Id = text }))[0];

        Assert.That(item.GetProperty("type").GetString(), Is.EqualTo(text));
        Assert.That(item.GetProperty("id").GetString(), Is.EqualTo(text));
    }

    [Test]
    public void Format_RandomBatches_AreReadBackAlike()
    {
        var random = new Random(43);
        for (var i = 0; i < 200; i++)
        {
            var events = Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomEvent(random)).ToArray();

            var items = Parse(Format(true, events)).EnumerateArray().ToArray();

            Assert.That(items.Select(e => e.GetProperty("id").GetString()), Is.EqualTo(events.Select(e => e.Id)));
            Assert.That(items.Select(e => e.GetProperty("type").GetString()), Is.EqualTo(events.Select(e => e.Type)));
            for (var j = 0; j < events.Length; j++)
            {
                var data = events[j].ContentType == "application/json" ? items[j].GetProperty("data").GetRawText() : items[j].GetProperty("data").GetString();
                Assert.That(data, Is.EqualTo(Encoding.UTF8.GetString(events[j].Data.Span)));
            }
        }
    }

    [Test]
    public void Format_Twice_GivesTheSameBytesInArraysOfTheirOwn()
    {
        var one = Format(true, Event("1"), Event("2")).Body;
        var other = Format(true, Event("1"), Event("2")).Body;

        Assert.That(one.ToArray(), Is.EqualTo(other.ToArray()));
        Assert.That(one.Equals(other), Is.False);
    }

    [Test]
    public void Format_Single_AllocatesLittleMoreThanItsBody()
    {
        var context = Context(false, Event($"\"{new string('x', 1024)}\""));
        _format.Format(context);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var length = _format.Format(context).Body.Length;

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(length + 256));
    }

    [Test]
    public void Format_SeveralThoughNotBatched_IsRefused() =>
        Assert.That(() => Format(false, Event("1"), Event("2")), Throws.ArgumentException.With.Message.Contains("2 events"));

    [TestCase(true)]
    [TestCase(false)]
    public void Format_NoEvent_IsRefused(bool isBatch) =>
        Assert.That(() => Format(isBatch), Throws.ArgumentException.With.Message.Contains("at least one"));

    private static WebhookEvent RandomEvent(Random random)
    {
        var text = new string([.. Enumerable.Range(0, random.Next(0, 60)).Select(_ => (char)random.Next(' ', 0x2ff))]);
        var isJson = random.Next(2) == 0;
        return Event(isJson ? JsonSerializer.Serialize(text) : text + "x") with
        {
            Id = new string([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (char)random.Next('!', '~' + 1))]),
            Type = text,
            ContentType = isJson ? "application/json" : "text/plain",
        };
    }

    private static WebhookEvent Event(string data) =>
        new() { Id = "evt_1", Type = "subscriber.created", OccurredAt = At, Data = Encoding.UTF8.GetBytes(data) };

    private static FormatContext Context(bool isBatch, params WebhookEvent[] events) => new()
    {
        MessageId = "msg_1",
        Events = events,
        IsBatch = isBatch,
        Subscription = new WebhookSubscription { Id = "sub_1", Url = new Uri("https://example.com/hooks?a=b") },
    };

    private static string Text(WebhookContent content) => Encoding.UTF8.GetString(content.Body.Span);

    private static JsonElement Parse(WebhookContent content) => JsonElement.Parse(content.Body.Span);

    private WebhookContent Format(WebhookEvent webhookEvent) => Format(false, webhookEvent);

    private WebhookContent Format(bool isBatch, params WebhookEvent[] events) => _format.Format(Context(isBatch, events));
}
