using System.Text.Json;
using NUnit.Framework;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Matching;

internal sealed class JsonPathTests
{
    private const string Data = """
        {"a":{"b":1,"b-c_9":2,"ü":3},"items":[{"id":4},[5]],"odd name":6,"q'\"\\":7,"":8,"0":9,"$":10,"x.y":11}
        """;

    [TestCase("$.a.b", 1)]
    [TestCase("$.a.b-c_9", 2)]
    [TestCase("$.a.ü", 3)]
    [TestCase("$['a']['ü']", 3)]
    [TestCase("$.items[0].id", 4)]
    [TestCase("$[\"items\"][1][0]", 5)]
    [TestCase("$['odd name']", 6)]
    [TestCase("$['q\\'\"\\\\']", 7)]
    [TestCase("$[\"q'\\\"\\\\\"]", 7)]
    [TestCase("$['']", 8)]
    [TestCase("$['0']", 9)]
    [TestCase("$['$']", 10)]
    [TestCase("$['x.y']", 11)]
    public void TryFind_PathThatIsThere_FindsIt(string path, int expected)
    {
        using var document = JsonDocument.Parse(Data);
        var parsed = JsonPath.Parse(path, out var fault);
        Assert.That(fault, Is.Null);
        Assert.That(parsed!.TryFind(document.RootElement, out var found));
        Assert.That(found.GetInt32(), Is.EqualTo(expected));
    }

    [TestCase("$.b")]
    [TestCase("$.A")]
    [TestCase("$.a.b.c")]
    [TestCase("$.items.id")]
    [TestCase("$.items[2]")]
    [TestCase("$.items[2147483647]")]
    [TestCase("$.a[0]")]
    [TestCase("$[0]")]
    public void TryFind_PathThatIsNotThere_IsFalse(string path)
    {
        using var document = JsonDocument.Parse(Data);
        Assert.That(JsonPath.Parse(path, out _)!.TryFind(document.RootElement, out _), Is.False);
    }

    [Test]
    public void TryFind_Root_IsTheWhole()
    {
        using var document = JsonDocument.Parse("5");
        Assert.That(JsonPath.Parse("$", out _)!.TryFind(document.RootElement, out var found));
        Assert.That(found.GetInt32(), Is.EqualTo(5));
    }

    [TestCase("", 1, "a path begins with '$'")]
    [TestCase("plan", 1, "a path begins with '$'")]
    [TestCase(" $.a", 1, "a path begins with '$'")]
    [TestCase("$a", 2, "expected '.' or '['")]
    [TestCase("$.a b", 4, "expected '.' or '['")]
    [TestCase("$.a]", 4, "expected '.' or '['")]
    [TestCase("$.", 3, "expected a property name")]
    [TestCase("$.a.", 5, "expected a property name")]
    [TestCase("$. a", 3, "expected a property name")]
    [TestCase("$.'a'", 3, "expected a property name")]
    [TestCase("$.a\u00a0", 4, "expected '.' or '['")]
    [TestCase("$.a\u009f", 4, "expected '.' or '['", TestName = "Parse_BadPath_NamesPositionAndFix(the last control character)")]
    [TestCase("$..a", 3, "wildcards, '..' and '.[' are not supported")]
    [TestCase("$.*", 3, "wildcards, '..' and '.[' are not supported")]
    [TestCase("$.[0]", 3, "wildcards, '..' and '.[' are not supported")]
    [TestCase("$.items.0", 9, "begins with a digit needs brackets")]
    [TestCase("$[", 3, "expected an index from 0 or a quoted name")]
    [TestCase("$[*]", 3, "wildcards, slices, negative indexes and expressions are not supported")]
    [TestCase("$[-1]", 3, "negative indexes")]
    [TestCase("$[?(@.a)]", 3, "expressions")]
    [TestCase("$[a]", 3, "a quoted name")]
    [TestCase("$[1:2]", 4, "expected ']'")]
    [TestCase("$[1", 4, "expected ']'")]
    [TestCase("$['a'", 6, "expected ']'")]
    [TestCase("$['a", 5, "expected ' to end the name")]
    [TestCase("$[\"a']", 7, "expected \" to end the name")]
    [TestCase("$['a\\", 6, "a backslash goes before a quote")]
    [TestCase("$['\\n']", 5, "a backslash goes before a quote")]
    [TestCase("$[2147483648]", 3, "the index is too large")]
    [TestCase("$[99999999999999999999999999]", 3, "the index is too large")]
    [TestCase("$.a\0", 4, "expected '.' or '['")]
    public void Parse_BadPath_NamesPositionAndFix(string path, int character, string reason)
    {
        Assert.That(JsonPath.Parse(path, out var fault), Is.Null);
        Assert.That(fault, Does.Contain(Quote.Of(path)).And.Contains($"at character {character}: ").And.Contains(reason).And.EndsWith("$['odd name']."));
    }

    [Test]
    public void Parse_RandomText_NeverThrows()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var path = "$" + new string(random.GetItems<char>("$.[]'\"\\a0*? \0", random.Next(10)));
            Assert.That(JsonPath.Parse(path, out var fault) is null, Is.EqualTo(fault is not null));
        }
    }
}
