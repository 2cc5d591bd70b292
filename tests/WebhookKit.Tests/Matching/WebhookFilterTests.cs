using NUnit.Framework;
using WebhookKit.Matching;
using static WebhookKit.Tests.Matching.Models;

namespace WebhookKit.Tests.Matching;

/// <summary>What conditions mean.</summary>
internal sealed class WebhookFilterTests
{
    [TestCase("""{"plan":"pro"}""", true)]
    [TestCase("""{"plan":"p\u0072o"}""", true, Description = "escaped")]
    [TestCase("""{"plan":"Pro"}""", false)]
    [TestCase("""{"plan":null}""", false)]
    [TestCase("""{"plan":["pro"]}""", false)]
    [TestCase("""{}""", false)]
    [TestCase("""[]""", false)]
    [TestCase("\"pro\"", false)]
    public void EqualTo_Text_ComparesExactly(string data, bool expected) =>
        Assert.That(Matches(WebhookFilter.Data("$.plan").EqualTo("pro"), data), Is.EqualTo(expected));

    [TestCase("1", true)]
    [TestCase("1.0", true)]
    [TestCase("10e-1", true)]
    [TestCase("1.0000000000000001", false)]
    [TestCase("\"1\"", false)]
    [TestCase("true", false)]
    [TestCase("null", false)]
    public void EqualTo_Number_ComparesByValue(string value, bool expected) =>
        Assert.That(Matches(WebhookFilter.Data("$").EqualTo(1), value), Is.EqualTo(expected));

    [Test]
    public void EqualTo_Boolean_TellsTrueFromFalse()
    {
        var isTrue = WebhookFilter.Data("$.a").EqualTo(true);
        var isFalse = WebhookFilter.Data("$.a").EqualTo(false);
        Assert.That(Matches(isTrue, """{"a":true}"""));
        Assert.That(Matches(isTrue, """{"a":false}"""), Is.False);
        Assert.That(Matches(isFalse, """{"a":false}"""));
        Assert.That(Matches(isFalse, """{"a":0}"""), Is.False);
    }

    [Test]
    public void EqualTo_Null_NeedsNullToBeThere()
    {
        var filter = WebhookFilter.Data("$.a").EqualTo(null);
        Assert.That(Matches(filter, """{"a":null}"""));
        Assert.That(Matches(filter, "{}"), Is.False);
    }

    [TestCase("9223372036854775807", "9223372036854775806", 1)]
    [TestCase("9223372036854775807", "9223372036854775807", 0)]
    [TestCase("-9223372036854775808", "-9223372036854775807", -1)]
    [TestCase("18446744073709551615", "18446744073709551614", 1)]
    [TestCase("0.1", "0.10", 0)]
    [TestCase("79228162514264337593543950335", "79228162514264337593543950334", 1)]
    [TestCase("1e300", "1e299", 1)]
    [TestCase("-1e300", "5", -1)]
    [TestCase("1e-40", "0", 1)]
    [TestCase("-1e-40", "0", -1)]
    [TestCase("1e-400", "0", 0, Description = "below what a double holds")]
    [TestCase("0", "1e-40", -1)]
    [TestCase("1E400", "1e300", 1, Description = "beyond what a double holds")]
    public void Comparisons_Numbers_AreExact(string value, string other, int expected)
    {
        bool Holds(string comparison) => Matches(WebhookFilter.Parse($$"""{"data":"$","{{comparison}}":{{other}}}"""), value);

        Assert.That(
            (Holds("lessThan"), Holds("lessThanOrEqualTo"), Holds("equalTo"), Holds("greaterThanOrEqualTo"), Holds("greaterThan")),
            Is.EqualTo((expected < 0, expected <= 0, expected == 0, expected >= 0, expected > 0)));
    }

    [Test]
    public void Comparisons_FromCode_Hold()
    {
        var total = WebhookFilter.Data("$");
        Assert.That(Matches(total.LessThan(5), "4"));
        Assert.That(Matches(total.LessThan(5), "5"), Is.False);
        Assert.That(Matches(total.LessThanOrEqualTo(5), "5"));
        Assert.That(Matches(total.LessThanOrEqualTo(5), "5.1"), Is.False);
        Assert.That(Matches(total.GreaterThan(5.5m), "6"));
        Assert.That(Matches(total.GreaterThan(5.5m), "5.5"), Is.False);
        Assert.That(Matches(total.GreaterThanOrEqualTo(5), "5"));
        Assert.That(Matches(total.GreaterThanOrEqualTo(5), "4"), Is.False);
    }

    [TestCase("\"7\"")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[7]")]
    public void Comparisons_NotANumber_NeverHold(string value)
    {
        var total = WebhookFilter.Data("$");
        Assert.That(Matches(total.LessThan(9), value), Is.False);
        Assert.That(Matches(total.GreaterThanOrEqualTo(0), value), Is.False);
    }

    [Test]
    public void EqualTo_Double_MeansItsShortestText()
    {
        Assert.That(Matches(WebhookFilter.Data("$").EqualTo(0.1), "0.1"));
        Assert.That(Matches(WebhookFilter.Data("$").EqualTo(0.1 + 0.2), "0.3"), Is.False);
        Assert.That(Matches(WebhookFilter.Data("$").EqualTo(0.1 + 0.2), "0.30000000000000004"));
        Assert.That(Matches(WebhookFilter.Data("$").EqualTo(1e300), "1e300"));
    }

    [Test]
    public void In_MixedValues_HoldsForEach()
    {
        var filter = WebhookFilter.Data("$").In("a", 2, 2.5m, true, null);
        string[] data = ["\"a\"", "2.0", "2.5", "true", "null", "\"b\"", "3", "false", "{}", "\"2\""];
        Assert.That(data.Where(text => Matches(filter, text)), Is.EqualTo(data.Take(5)));
    }

    [Test]
    public void Exists_Null_IsThere()
    {
        var filter = WebhookFilter.Data("$.a.b").Exists();
        Assert.That(Matches(filter, """{"a":{"b":null}}"""));
        Assert.That(Matches(filter, """{"a":{}}"""), Is.False);
        Assert.That(Matches(filter, """{"a":5}"""), Is.False);
    }

    [TestCase("\"ada@example.com\"", true)]
    [TestCase("\"\\u0061da@\"", true)]
    [TestCase("\"Ada@\"", false)]
    [TestCase("\"ad\"", false)]
    [TestCase("5", false)]
    public void StartsWith_Data_ComparesTheBeginning(string value, bool expected) =>
        Assert.That(Matches(WebhookFilter.Data("$").StartsWith("ada@"), value), Is.EqualTo(expected));

    [Test]
    public void Attribute_EachOperator_ReadsItsText()
    {
        var e = Event() with { Attributes = new Dictionary<string, string> { ["source"] = "API", ["size"] = "12.5", ["none"] = null! } };
        bool Holds(WebhookFilter filter) => Matches(filter, e);

        Assert.That(Holds(WebhookFilter.Attribute("source").EqualTo("API")));
        Assert.That(Holds(WebhookFilter.Attribute("source").EqualTo("api")), Is.False);
        Assert.That(Holds(WebhookFilter.Attribute("source").In("Console", "API")));
        Assert.That(Holds(WebhookFilter.Attribute("source").StartsWith("AP")));
        Assert.That(Holds(WebhookFilter.Attribute("source").StartsWith("PI")), Is.False);
        Assert.That(Holds(WebhookFilter.Attribute("source").Exists()));
        Assert.That(Holds(WebhookFilter.Attribute("source").GreaterThan(0)), Is.False);
        Assert.That(Holds(WebhookFilter.Attribute("source").EqualTo(true)), Is.False);
        Assert.That(Holds(WebhookFilter.Attribute("size").EqualTo(12.50m)));
        Assert.That(Holds(WebhookFilter.Attribute("size").EqualTo("12.5")));
        Assert.That(Holds(WebhookFilter.Attribute("size").GreaterThan(12)));
        Assert.That(Holds(WebhookFilter.Attribute("other").Exists()), Is.False);
        Assert.That(Holds(WebhookFilter.Attribute("none").Exists()), Is.False);
    }

    [TestCase("1e300", 1)]
    [TestCase("-1e300", -1)]
    [TestCase("1e-40", 1)]
    [TestCase("0", 0)]
    [TestCase("1e-400", 0)]
    [TestCase("1e999", 1)]
    [TestCase("NaN", null)]
    [TestCase("", null)]
    [TestCase("1,000", null)]
    [TestCase(" 1", null)]
    public void Attribute_AsNumber_IsReadAsOne(string text, int? comparedWithZero)
    {
        var e = Event() with { Attributes = new Dictionary<string, string> { ["n"] = text } };
        Assert.That(Matches(WebhookFilter.Attribute("n").GreaterThan(0), e), Is.EqualTo(comparedWithZero > 0));
        Assert.That(Matches(WebhookFilter.Attribute("n").LessThan(0), e), Is.EqualTo(comparedWithZero < 0));
        Assert.That(Matches(WebhookFilter.Attribute("n").EqualTo(0), e), Is.EqualTo(comparedWithZero == 0));
    }

    [Test]
    public void AndOrNot_AllCombinations_FollowLogic()
    {
        foreach (var (x, y) in new[] { (true, true), (true, false), (false, true), (false, false) })
        {
            var a = WebhookFilter.Data("$.x").EqualTo(x);
            var b = WebhookFilter.Data("$.y").EqualTo(y);
            const string Data = """{"x":true,"y":true}""";
            Assert.That(Matches(a & b, Data), Is.EqualTo(x && y));
            Assert.That(Matches(a | b, Data), Is.EqualTo(x || y));
            Assert.That(Matches(!a, Data), Is.EqualTo(!x));
        }
    }

    [Test]
    public void Not_MissingOrNotJson_Holds()
    {
        var filter = !WebhookFilter.Data("$.a").EqualTo(1);
        Assert.That(Matches(filter, "{}"));
        Assert.That(Matches(filter, "not json"));
        Assert.That(Matches(!WebhookFilter.Attribute("a").EqualTo("1"), Event()));
    }

    [Test]
    public void Operators_Chain_StayFlat()
    {
        var a = WebhookFilter.Data("$.a").Exists();
        var and = (AndFilter)((a & a) & (a & a));
        var or = (OrFilter)((a | a) | a);
        Assert.That(and.Terms.Items, Has.Length.EqualTo(4));
        Assert.That(or.Terms.Items, Has.Length.EqualTo(3));
        Assert.That(((AndFilter)(a & (a | a))).Terms.Items, Has.Length.EqualTo(2));
    }

    [Test]
    public void Operators_Null_Throw()
    {
        var a = WebhookFilter.Data("$.a").Exists();
        Assert.That(() => a & null!, Throws.ArgumentNullException);
        Assert.That(() => null! & a, Throws.ArgumentNullException);
        Assert.That(() => a | null!, Throws.ArgumentNullException);
        Assert.That(() => null! | a, Throws.ArgumentNullException);
        Assert.That(() => !(WebhookFilter)null!, Throws.ArgumentNullException);
        Assert.That(() => WebhookFilter.Data(null!), Throws.ArgumentNullException);
        Assert.That(() => WebhookFilter.Attribute(null!), Throws.ArgumentNullException);
        Assert.That(() => WebhookFilter.Data("$").StartsWith(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Equality_SameContent_IsEqual()
    {
        static WebhookFilter Make(long number, string path) =>
            (WebhookFilter.Data(path).In("a", number) & !WebhookFilter.Attribute("s").EqualTo(1.0m)) | WebhookFilter.Data("$.b").Exists();

        var filter = Make(1, "$.a");
        Assert.That(Make(1, "$.a"), Is.EqualTo(filter));
        Assert.That(Make(1, "$.a").GetHashCode(), Is.EqualTo(filter.GetHashCode()));
        Assert.That(filter, Is.Not.EqualTo(Make(2, "$.a")));
        Assert.That(filter, Is.Not.EqualTo(Make(1, "$.c")));
        Assert.That(WebhookFilter.Data("$.a").EqualTo(1), Is.EqualTo(WebhookFilter.Data("$.a").EqualTo(1.00m)));
        Assert.That(WebhookFilter.Data("$.a").EqualTo(1), Is.EqualTo(WebhookFilter.Data("$.a").EqualTo(1.0)));
        Assert.That(WebhookFilter.Data("$.a").EqualTo(null), Is.EqualTo(WebhookFilter.Data("$.a").EqualTo(default)));
        Assert.That(WebhookFilter.Data("$.a"), Is.Not.EqualTo(WebhookFilter.Attribute("$.a")));
        Assert.That(new ValueList<int>([1]).Equals((object)new ValueList<int>([1])));
        Assert.That(new ValueList<int>([1]).Equals("1"), Is.False);
        Assert.That(Enumerable.Range(0, 100).Select(i => new ValueList<int>([i]).GetHashCode()).Distinct().Count(), Is.GreaterThan(50));
    }

    [Test]
    public void Value_ToString_ShowsTheValue()
    {
        WebhookFilterValue[] values = ["a", 1, 1.5m, 1e300, true, false, null];
        Assert.That(values.Select(value => value.ToString()), Is.EqualTo(new[] { "a", "1", "1.5", "1E+300", "true", "false", "null" }));
    }
}
