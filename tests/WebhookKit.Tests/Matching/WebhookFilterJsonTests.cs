using NUnit.Framework;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Matching;

/// <summary>Filters as JSON, and what is refused.</summary>
internal sealed class WebhookFilterJsonTests
{
    private static IEnumerable<TestCaseData> Texts()
    {
        yield return new(WebhookFilter.Data("$.plan").EqualTo("pro"), """{"data":"$.plan","equalTo":"pro"}""");
        yield return new(WebhookFilter.Data("$['odd name']").EqualTo("Zürich \"x\""), """{"data":"$['odd name']","equalTo":"Zürich \"x\""}""");
        yield return new(WebhookFilter.Data("$.a").EqualTo(null), """{"data":"$.a","equalTo":null}""");
        yield return new(WebhookFilter.Data("$.a").EqualTo(true), """{"data":"$.a","equalTo":true}""");
        yield return new(WebhookFilter.Data("$.a").EqualTo(false), """{"data":"$.a","equalTo":false}""");
        yield return new(WebhookFilter.Data("$.a").EqualTo(long.MaxValue), """{"data":"$.a","equalTo":9223372036854775807}""");
        yield return new(WebhookFilter.Data("$.a").EqualTo(1e-300), """{"data":"$.a","equalTo":1E-300}""");
        yield return new(WebhookFilter.Data("$.a").EqualTo(-0.0), """{"data":"$.a","equalTo":0}""");
        yield return new(WebhookFilter.Attribute("source").In("API", 2), """{"attribute":"source","in":["API",2]}""");
        yield return new(WebhookFilter.Data("$.a").Exists(), """{"data":"$.a","exists":true}""");
        yield return new(WebhookFilter.Data("$.a").StartsWith(""), """{"data":"$.a","startsWith":""}""");
        yield return new(WebhookFilter.Data("$.a").LessThan(1.5m), """{"data":"$.a","lessThan":1.5}""");
        yield return new(WebhookFilter.Data("$.a").LessThanOrEqualTo(1), """{"data":"$.a","lessThanOrEqualTo":1}""");
        yield return new(WebhookFilter.Data("$.a").GreaterThan(decimal.MinValue), """{"data":"$.a","greaterThan":-79228162514264337593543950335}""");
        yield return new(WebhookFilter.Data("$.a").GreaterThanOrEqualTo(1), """{"data":"$.a","greaterThanOrEqualTo":1}""");
        yield return new(
            WebhookFilter.Data("$.a").Exists() & !(WebhookFilter.Data("$.b").Exists() | WebhookFilter.Attribute("c").Exists()),
            """{"and":[{"data":"$.a","exists":true},{"not":{"or":[{"data":"$.b","exists":true},{"attribute":"c","exists":true}]}}]}""");
    }

    [TestCaseSource(nameof(Texts))]
    public void ToJson_EachShape_RoundTrips(WebhookFilter filter, string json)
    {
        Assert.That(filter.ToJson(), Is.EqualTo(json));
        Assert.That(WebhookFilter.Parse(json), Is.EqualTo(filter));
        Assert.That(filter.ToString(), Is.EqualTo(filter.ToJson()));
    }

    [Test]
    public void Parse_LooserForms_AreRead()
    {
        Assert.That(WebhookFilter.Parse("""  { "exists" : false, "data" : "$.a" } """), Is.EqualTo(!WebhookFilter.Data("$.a").Exists()));
        Assert.That(WebhookFilter.Parse("""{"and":[{"data":"$.a","exists":true}]}""").ToJson(), Is.EqualTo("""{"and":[{"data":"$.a","exists":true}]}"""));
    }

    [Test]
    public void ToJson_RandomFilters_RoundTrip()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var filter = RandomFilters.Next(random, depth: 4);
            var json = filter.ToJson();
            Assert.That(WebhookFilter.Parse(json), Is.EqualTo(filter), json);
            Assert.That(WebhookFilter.Parse(json).ToJson(), Is.EqualTo(json));
        }
    }

    [TestCase("", "Filter: it is not JSON")]
    [TestCase("{\"data\":\"$.a\"", "Filter: it is not JSON")]
    [TestCase("5", "Filter: expected an object such as {\"data\":\"$.plan\",\"equalTo\":\"pro\"} instead of '5'.")]
    [TestCase("[]", "instead of an array")]
    [TestCase("\"a\"", "instead of the text 'a'")]
    [TestCase("null", "instead of 'null'")]
    [TestCase("{}", "it does not say what to look at")]
    [TestCase("""{"equalTo":1}""", "it does not say what to look at")]
    [TestCase("""{"data":"$.a"}""", "it does not say how to compare. Add one of: equalTo, in, exists, startsWith, lessThan")]
    [TestCase("""{"data":"$.a","equals":1}""", "Filter: 'equals' is unknown. Use and, or, not, or data or attribute with one of: equalTo")]
    [TestCase("""{"data":"$.a","attribute":"b","exists":true}""", "both 'data' and 'attribute'")]
    [TestCase("""{"attribute":"b","data":"$.a","exists":true}""", "both 'data' and 'attribute'")]
    [TestCase("""{"data":"$.a","exists":true,"equalTo":1}""", "both 'exists' and 'equalTo'")]
    [TestCase("""{"data":"$.a","data":"$.b","exists":true}""", "Filter: it is not JSON", Description = "duplicate")]
    [TestCase("""{"data":5,"exists":true}""", "'data' needs a text instead of '5'")]
    [TestCase("""{"attribute":null,"exists":true}""", "'attribute' needs a text instead of 'null'")]
    [TestCase("""{"data":"$.a","exists":1}""", "'exists' needs true or false instead of '1'")]
    [TestCase("""{"data":"$.a","in":"x"}""", "'in' needs an array such as")]
    [TestCase("""{"data":"$.a","in":[]}""", "'in' names no values")]
    [TestCase("""{"data":"$.a","in":[{}]}""", "'in' compares with text, numbers, true, false and null, not with an object")]
    [TestCase("""{"data":"$.a","equalTo":[1]}""", "'equalTo' compares with text, numbers, true, false and null, not with an array")]
    [TestCase("""{"data":"$.a","startsWith":1}""", "'startsWith' needs a text instead of '1'")]
    [TestCase("""{"data":"$.a","lessThan":"1"}""", "'lessThan' needs a number instead of the text '1'")]
    [TestCase("""{"data":"$.a","greaterThan":1e999}""", "is not a number that JSON can hold")]
    [TestCase("""{"and":{}}""", "'and' needs an array of filters instead of an object")]
    [TestCase("""{"or":[]}""", "'or' has no conditions")]
    [TestCase("""{"and":[],"or":[]}""", "'and' stands alone in its object")]
    [TestCase("""{"or":[],"data":"$.a"}""", "'or' stands alone in its object")]
    [TestCase("""{"not":{},"and":[]}""", "'not' stands alone in its object")]
    [TestCase("""{"not":[]}""", "Filter, at not: expected an object")]
    [TestCase("""{"and":[{"data":"$.a","exists":true},{"not":{"x":1}}]}""", "Filter, at and[1].not: 'x' is unknown")]
    [TestCase("""{"and":[{"data":"$.a","exists":true},{"or":[{"data":"b","exists":true}]}]}""", "Filter, at and[1].or[0]: the path 'b' is wrong at character 1")]
    [TestCase("""{"attribute":"","exists":true}""", "the attribute name is empty")]
    [TestCase("""{"attribute":"a","equalTo":true}""", "attribute 'a' is compared with true, but attributes are text")]
    [TestCase("""{"attribute":"a","in":["x",null]}""", "attribute 'a' is compared with null")]
    [TestCase("""{"data":"$.a","equalTo":"\ud800"}""", "half a character")]
    [TestCase("""{"\ud800":1}""", "Filter: it has a text with half a character")]
    public void Parse_Malformed_SaysWhatAndWhere(string json, string message)
    {
        var e = Assert.Throws<WebhookValidationException>(() => WebhookFilter.Parse(json));
        Assert.That(e.Errors, Has.All.Property(nameof(WebhookFieldError.Field)).EqualTo("Filter"));
        Assert.That(e.Message, Does.Contain(message));
    }

    [Test]
    public void Parse_Null_Throws() => Assert.That(() => WebhookFilter.Parse(null!), Throws.ArgumentNullException);

    [Test]
    public void Parse_TooDeep_NamesTheLimit()
    {
        static string Nested(int nots) =>
            string.Concat(Enumerable.Repeat("{\"not\":", nots)) + """{"data":"$.a","exists":true}""" + new string('}', nots);

        Assert.That(() => WebhookFilter.Parse(Nested(15)), Throws.Nothing);
        Assert.That(() => WebhookFilter.Parse(Nested(16)), Throws.InstanceOf<WebhookValidationException>().With.Message.Contains("more than 16 levels deep"));
        Assert.That(() => WebhookFilter.Parse(Nested(20_000)), Throws.InstanceOf<WebhookValidationException>());
    }

    [Test]
    public void Validate_TooDeep_NamesTheLimitOnceWhateverItIsMadeOf()
    {
        WebhookFilter bad = WebhookFilter.Data("bad").Exists();
        WebhookFilter nots = bad, ands = bad;
        for (var i = 0; i < 40; i++)
        {
            nots = new NotFilter(nots);
            ands = new AndFilter(new([ands]));
        }

        foreach (var filter in new[] { nots, ands })
            Assert.That(filter.Validate().Single().Message, Does.Contain("more than 16 levels deep"));
    }

    [Test]
    public void Validate_ValuesUpToTheLimit_StillFindsWhatIsWrongBehind()
    {
        var values = WebhookFilter.Data("$.a").In([.. Enumerable.Range(0, 1000).Select(i => (WebhookFilterValue)i)]);
        Assert.That((values & WebhookFilter.Attribute("").Exists()).Validate(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Validate_TooManyConditions_SaysNothingOfTheOneTooMany()
    {
        var filter = Enumerable.Range(0, 101).Select(i => WebhookFilter.Data(i < 100 ? "$.a" : "bad").Exists()).Aggregate((a, b) => a | b);
        Assert.That(filter.Validate().Single().Message, Does.Contain("more than 100 conditions"));
    }

    [Test]
    public void Validate_ManyConditions_NamesTheLimitOnce()
    {
        static WebhookFilter Conditions(int count) =>
            Enumerable.Range(0, count).Select(_ => WebhookFilter.Data("$.a").Exists()).Aggregate((a, b) => a | b);

        Assert.That(Conditions(100).Validate(), Is.Empty);
        Assert.That(Conditions(300).Validate(), Has.One.Property(nameof(WebhookFieldError.Message)).Contains("more than 100 conditions"));
        Assert.That(Conditions(300).Validate(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Validate_ManyValues_NamesTheLimitOnce()
    {
        static WebhookFilter Values(int count) => WebhookFilter.Data("$.a").In([.. Enumerable.Range(0, count).Select(i => (WebhookFilterValue)i)]);

        Assert.That((Values(500) & Values(500)).Validate(), Is.Empty);
        Assert.That((Values(500) & Values(501) & Values(1000)).Validate(), Has.One.Property(nameof(WebhookFieldError.Message)).Contains("more than 1000 values"));
    }

    [Test]
    public void Validate_ManyErrors_StopsReporting()
    {
        var bad = string.Join(',', Enumerable.Repeat("""{"and":[]}""", 5000));
        Assert.That(new AndFilter(new([.. Enumerable.Repeat(new AndFilter(new([])), 5000)])).Validate(), Has.Count.EqualTo(100));
        Assert.That(() => WebhookFilter.Parse($$"""{"or":[{{bad}}]}"""), Throws.InstanceOf<WebhookValidationException>());
    }

    [Test]
    public void Validate_SeveralFaults_NamesAll()
    {
        var filter = WebhookFilter.Data("plan").EqualTo(double.NaN) & WebhookFilter.Attribute("").Exists() & !WebhookFilter.Data("$.a").In();
        Assert.That(filter.Validate().Select(error => error.Message), Is.EqualTo(new[]
        {
            "Filter, at and[0]: the path 'plan' is wrong at character 1: a path begins with '$', which stands for the data. Write a path such as $.plan, $.items[0].id or $['odd name'].",
            "Filter, at and[0]: NaN is not a number that JSON can hold. Use a finite one.",
            "Filter, at and[1]: the attribute name is empty. Name an attribute of the event, such as 'source'.",
            "Filter, at and[2].not: 'in' names no values, so it could never hold. Name at least one.",
        }));
        Assert.That(filter.ToJson, Throws.InstanceOf<WebhookValidationException>().With.Property(nameof(WebhookValidationException.Errors)).Count.EqualTo(4));
        Assert.That(filter.ToString(), Does.StartWith("(invalid: Filter, at and[0]"));
    }

    [Test]
    public void Validate_Texts_AreBoundedAndWhole()
    {
        var longest = new string('x', 1024);
        Assert.That((WebhookFilter.Attribute(longest).EqualTo(longest) & WebhookFilter.Data("$['a😀']").EqualTo("😀")).Validate(), Is.Empty);
        Assert.That(WebhookFilter.Attribute(longest + "x").Exists().Validate()[0].Message, Does.Contain("the attribute name 'xxx").And.Contain("has 1025 characters; 1024 is the most"));
        Assert.That(WebhookFilter.Data("$." + longest).Exists().Validate()[0].Message, Does.Contain("the path '$.xxx"));
        Assert.That(WebhookFilter.Data("$").StartsWith(longest + "x").Validate()[0].Message, Does.Contain("the text 'xxx"));
        Assert.That(WebhookFilter.Data("$").EqualTo("\ud800").Validate()[0].Message, Does.Contain("half a character"));
        Assert.That(WebhookFilter.Data("$").EqualTo("a\udc00").ToJson, Throws.InstanceOf<WebhookValidationException>());
    }

    [Test]
    public void Messages_HostileText_StayOneShortLine()
    {
        var error = WebhookFilter.Data("x\r\nforged: line" + new string('x', 900)).Exists().Validate()[0];
        Assert.That(error.Message, Does.Not.Contain("\n").And.Not.Contain("\r"));
        Assert.That(error.Message, Has.Length.LessThan(400));
        Assert.That(Quote.Of(null), Is.EqualTo("null"));
    }

    [TestCase(100, 100)]
    [TestCase(101, 101, Description = "cut, with an ellipsis")]
    [TestCase(5000, 101)]
    public void Quote_LongText_IsCut(int length, int shown)
    {
        var quoted = Quote.Of(new string('x', length));
        Assert.That(quoted, Has.Length.EqualTo(shown + 2));
        Assert.That(quoted.Contains('…'), Is.EqualTo(length > 100));
    }
}
