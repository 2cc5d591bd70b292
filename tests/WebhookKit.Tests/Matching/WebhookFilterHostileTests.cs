using System.Text;
using NUnit.Framework;
using WebhookKit.Matching;
using static WebhookKit.Tests.Matching.Models;

namespace WebhookKit.Tests.Matching;

/// <summary>Whatever the data is, matching answers and never throws.</summary>
internal sealed class WebhookFilterHostileTests
{
    private static readonly WebhookFilter[] Filters =
    [
        WebhookFilter.Data("$.a").EqualTo("x"),
        WebhookFilter.Data("$.a").StartsWith("x"),
        WebhookFilter.Data("$.a").In("x", 1, true, null),
        WebhookFilter.Data("$.a").GreaterThan(0),
        WebhookFilter.Data("$.a").Exists(),
        WebhookFilter.Data("$.a[0].b['c d']").Exists(),
        WebhookFilter.Data("$[0][0]").EqualTo(1),
    ];

    /// <summary>Named by their numbers: what begins alike would have one name.</summary>
    private static IEnumerable<TestCaseData> HostileCases() => HostileData().Select(static (data, i) => new TestCaseData(data).SetArgDisplayNames($"{i}"));

    private static IEnumerable<byte[]> HostileData()
    {
        string[] texts =
        [
            "", " ", "{", "}", "nul", "NaN", "{\"a\":}", "{\"a\":\"x\"", "{\"a\":\"x\"} {}", "{'a':'x'}", "// c\n{\"a\":\"x\"}", "{\"a\":\"x\",}",
            "\uFEFF{\"a\":\"x\"}", "{\"a\":\"\\q\"}", "{\"a\":\"\u0001\"}", "{\"a\":01}", "{\"a\":+1}",
            new string('[', 100_000), new string('[', 65) + new string(']', 65), string.Concat(Enumerable.Repeat("{\"a\":", 5000)),
        ];
        foreach (var text in texts) yield return Encoding.UTF8.GetBytes(text);
        yield return [.. "{\"a\":\"x"u8, 0xFF, .. "\"}"u8];
        yield return [.. "{\"a\":\"x\",\"b"u8, 0xC0, 0xAF, .. "\":1}"u8];
        yield return [0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0];
        yield return [0];
    }

    [TestCaseSource(nameof(HostileCases))]
    public void Matches_DataIsNotJson_IsFalse(byte[] data)
    {
        foreach (var filter in Filters)
        {
            Assert.That(Matches(filter, Event(data)), Is.False);
            Assert.That(Matches(!filter, Event(data)), Is.True);
        }
    }

    [TestCase("""{"a":"\ud800"}""")]
    [TestCase("""{"a":"\udc00x"}""")]
    [TestCase("""{"\ud800":1}""")]
    [TestCase("""{"\ud800aaa":1,"b":2}""")]
    public void Matches_HalfACharacter_EqualsNothing(string data)
    {
        Assert.That(Matches(WebhookFilter.Data("$.a").EqualTo("x"), data), Is.False);
        Assert.That(Matches(WebhookFilter.Data("$.a").StartsWith("x"), data), Is.False);
        Assert.That(Matches(WebhookFilter.Data("$.a").In("\uFFFD", "?"), data), Is.False);
    }

    [Test]
    public void Matches_DuplicateProperties_TheLastCounts()
    {
        const string Data = """{"a":1,"a":{"b":2},"a":3}""";
        Assert.That(Matches(WebhookFilter.Data("$.a").EqualTo(3), Data));
        Assert.That(Matches(WebhookFilter.Data("$.a").EqualTo(1), Data), Is.False);
        Assert.That(Matches(WebhookFilter.Data("$.a.b").Exists(), Data), Is.False);
    }

    [Test]
    public void Matches_HugeNumbers_CompareWithoutThrowing()
    {
        var digits = new string('9', 10_000);
        foreach (var number in new[] { digits, "0." + digits, "1e99999999999999999999", "-1e99999999999999999999", "1e-99999999999999999999", $"{digits}e{digits}" })
        {
            Assert.That(() => Filters.Count(filter => Matches(filter, $$"""{"a":{{number}}}""")), Throws.Nothing);
        }

        Assert.That(Matches(WebhookFilter.Data("$.a").GreaterThan(decimal.MaxValue), $$"""{"a":{{digits}}}"""));
        Assert.That(Matches(WebhookFilter.Data("$.a").LessThan(1), $$"""{"a":-{{digits}}}"""));
    }

    [Test]
    public void Matches_DeepButAllowed_IsRead()
    {
        var path = "$" + string.Concat(Enumerable.Repeat("[0]", 64));
        var data = new string('[', 64) + "1" + new string(']', 64);
        Assert.That(Matches(WebhookFilter.Data(path).EqualTo(1), data));
    }

    [Test]
    public void Matches_BadPath_IsFalse() => Assert.That(Matches(WebhookFilter.Data("$.*").Exists(), """{"*":1}"""), Is.False);

    [Test]
    public void Matches_RandomBytesOfAJsonAlphabet_NeverThrows()
    {
        var random = new Random(20260417);
        const string Alphabet = "{}[]\":,a0129.eE-+\\ud8truefalsn \u00e9";
        for (var i = 0; i < 3_000; i++)
        {
            var data = Encoding.UTF8.GetBytes(random.GetItems<char>(Alphabet, random.Next(20)));
            if (random.Next(4) == 0 && data.Length > 0) data[random.Next(data.Length)] = (byte)random.Next(256);
            var e = Event(data);
            foreach (var filter in Filters) Assert.That(() => Matches(filter, e), Throws.Nothing);
        }
    }

    [TestCase("application/json", true)]
    [TestCase("Application/JSON; charset=utf-8", true)]
    [TestCase("application/cloudevents+json", true)]
    [TestCase("application/problem+JSON ;x=y", true)]
    [TestCase("application/xml", false)]
    [TestCase("application/jsonp", false)]
    [TestCase("text/plain; x=application/json", false)]
    [TestCase("", false)]
    [TestCase(";x+json", false)]
    [TestCase(null, false)]
    public void Matches_ByContentType_LooksIntoJsonOnly(string? contentType, bool expected) =>
        Assert.That(
            Matches(WebhookFilter.Data("$.a").Exists(), Event(data: """{"a":1}""") with { ContentType = contentType! }),
            Is.EqualTo(expected));

    [Test]
    public void Subject_SecondLook_SeesTheSameDocument()
    {
        var data = "{\"a\":1}"u8.ToArray();
        var subject = new FilterSubject(Event(data));
        try
        {
            Assert.That(subject.TryGetData(out _));
            data.AsSpan().Clear();
            // Parsing again would find no JSON: it is parsed once.
            Assert.That(subject.TryGetData(out _));
        }
        finally
        {
            subject.Dispose();
        }
    }

    [Test]
    public void Subject_Disposed_GivesTheDocumentBack()
    {
        var subject = new FilterSubject(Event(data: """{"a":1}"""));
        subject.TryGetData(out var root);
        subject.Dispose();
        Assert.That(() => root.ValueKind, Throws.InstanceOf<ObjectDisposedException>());
    }
}
