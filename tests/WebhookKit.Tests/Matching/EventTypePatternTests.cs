using NUnit.Framework;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Matching;

internal sealed class EventTypePatternTests
{
    [TestCase("a.b", "a.b", true)]
    [TestCase("a.b", "a.b.c", false)]
    [TestCase("a.b", "A.b", false)]
    [TestCase("a.*", "a.b", true)]
    [TestCase("a.*", "a.b.c", true)]
    [TestCase("a.*", "a", false)]
    [TestCase("a.*", "ab.c", false)]
    [TestCase("a.b.*", "a.b.c", true)]
    [TestCase("a.b.*", "a.c", false)]
    [TestCase("*", "a", true)]
    [TestCase("*", "a.b.c", true)]
    public void Matches_Pattern_FollowsTheGrammar(string text, string type, bool expected)
    {
        Assert.That(EventTypePattern.TryParse(text, out var pattern));
        Assert.That(pattern.Matches(type), Is.EqualTo(expected));
    }

    [TestCase(null, "The event type pattern is empty")]
    [TestCase("", "The event type pattern is empty")]
    [TestCase(".*", "The event type pattern is empty")]
    [TestCase("a*", "'a*' has '*' at character 2")]
    [TestCase("*.a", "'*.a' has '*' at character 1")]
    [TestCase("**", "'**' has '*' at character 1")]
    [TestCase("*.*", "'*.*' has '*' at character 1")]
    [TestCase("a.*.b", "has '*' at character 3")]
    [TestCase("a..*", "'a..*' has an empty part")]
    [TestCase("a b", "'a b' has ' ' at character 2")]
    public void TryParse_Malformed_NamesValueAndFix(string? text, string message)
    {
        Assert.That(EventTypePattern.TryParse(text, out _), Is.False);
        Assert.That(EventTypePattern.FaultOf(text), Does.Contain(message).And.Contains("'a.*' (all that begin with 'a.')"));
    }

    [TestCase("a")]
    [TestCase("subscriber.created")]
    [TestCase("A-1_b.0.Z")]
    public void NameFault_Sound_IsNull(string name) => Assert.That(EventTypeName.FaultOf(name), Is.Null);

    [TestCase(null, "The event type is empty")]
    [TestCase("", "The event type is empty")]
    [TestCase(".", "has an empty part")]
    [TestCase(".a", "has an empty part")]
    [TestCase("a.", "has an empty part")]
    [TestCase("a..b", "'a..b' has an empty part")]
    [TestCase("a.é", "'a.é' has 'é' at character 3. Use letters, digits, '_' and '-', in parts joined by dots.")]
    [TestCase("a\nb", "at character 2")]
    [TestCase("*", "has '*' at character 1")]
    public void NameFault_Malformed_NamesValueAndFix(string? name, string message) =>
        Assert.That(EventTypeName.FaultOf(name), Does.Contain(message));

    [Test]
    public void NameFault_Length_IsBounded()
    {
        Assert.That(EventTypeName.FaultOf(new string('a', 128)), Is.Null);
        Assert.That(EventTypeName.FaultOf(new string('a', 129)), Does.Contain("has 129 characters; 128 is the most").And.Length.LessThan(250));
    }

    [TestCase("kitten", "sitting", 3)]
    [TestCase("", "abc", 3)]
    [TestCase("abc", "", 3)]
    [TestCase("abc", "abc", 0)]
    [TestCase("ab", "ba", 2)]
    public void Distance_Words_CountsEdits(string a, string b, int expected) =>
        Assert.That(NearestName.Distance(a, b, ignoreCase: false), Is.EqualTo(expected));

    [Test]
    public void Nearest_Names_PrefersFewEditsThenCaseThenOrder()
    {
        Assert.That(NearestName.Find("Subscriber.Created", ["campaign.sent", "subscriber.created", "subscriber.deleted"]), Is.EqualTo("subscriber.created"));
        Assert.That(NearestName.Find("a", ["A", "a"]), Is.EqualTo("a"));
        Assert.That(NearestName.Find("ABC", ["abc", "ABx"]), Is.EqualTo("abc"));
        Assert.That(NearestName.Find("b", ["c", "a"]), Is.EqualTo("a"));
        Assert.That(NearestName.Find("b", []), Is.Null);
    }
}
