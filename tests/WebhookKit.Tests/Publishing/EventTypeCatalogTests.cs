using NUnit.Framework;
using WebhookKit.Matching;
using WebhookKit.Publishing;

namespace WebhookKit.Tests.Publishing;

internal sealed class EventTypeCatalogTests
{
    private static readonly WebhookEventType[] Types =
    [
        new("subscriber.created", "Added."),
        new("subscriber.deleted", "Gone."),
        new("campaign.open", "Opened.", BatchingRequired: true, typeof(Uri)),
        new("campaign.click", "Clicked.", BatchingRequired: true),
    ];

    private static EventTypeCatalog Closed() => new(Types, allowUnknown: false);

    private static EventTypeCatalog Open() => new(Types, allowUnknown: true);

    private static string[] Check(EventTypeCatalog catalog, bool hasBatching, params string?[] patterns)
    {
        var errors = catalog.CheckPatterns(patterns!, hasBatching);
        Assert.That(errors, Has.All.Property(nameof(WebhookFieldError.Field)).EqualTo("EventTypes"));
        return [.. errors.Select(error => error.Message)];
    }

    [Test]
    public void Find_ByNameAndClrType_IsExact()
    {
        var catalog = Closed();
        Assert.That(catalog.All, Is.EqualTo(Types));
        Assert.That(catalog.Faults, Is.Empty);
        Assert.That(catalog.Find("campaign.open"), Is.SameAs(Types[2]));
        Assert.That(catalog.Find("Campaign.open"), Is.Null);
        Assert.That(catalog.FindByClrType(typeof(Uri)), Is.SameAs(Types[2]));
        Assert.That(catalog.FindByClrType(typeof(object)), Is.Null);
        Assert.That(catalog.BatchingRequired, Is.EquivalentTo(new[] { "campaign.open", "campaign.click" }));
    }

    [Test]
    public void CheckType_Known_IsNull() => Assert.That(Closed().CheckType("subscriber.created"), Is.Null);

    [Test]
    public void CheckType_Unknown_NamesNearestAndFix() => Assert.That(Closed().CheckType("subscriber.craeted"), Is.EqualTo(new WebhookFieldError(
        "EventType",
        "The event type 'subscriber.craeted' is not in the catalogue. The nearest known one is 'subscriber.created'. "
        + "Add it with AddEventType(...), or set WebhookOptions.AllowUnknownEventTypes.")));

    [Test]
    public void CheckType_EmptyCatalogue_NamesFix() =>
        Assert.That(new EventTypeCatalog([], false).CheckType("a")!.Message, Does.Contain("The catalogue has none like it. Add it with AddEventType(...)"));

    [Test]
    public void CheckType_OpenCatalogue_TakesAnySoundName()
    {
        Assert.That(Open().CheckType("anything.at-all"), Is.Null);
        Assert.That(Open().CheckType("any thing")!.Message, Does.Contain("has ' ' at character 4"));
    }

    [TestCase(null, "is empty")]
    [TestCase("", "is empty")]
    [TestCase("a.*", "has '*' at character 3")]
    public void CheckType_Malformed_NamesFault(string? type, string message)
    {
        Assert.That(Closed().CheckType(type)!.Message, Does.Contain(message));
        Assert.That(Closed().CheckType(type)!.Field, Is.EqualTo("EventType"));
    }

    [Test]
    public void CheckPatterns_Sound_IsEmpty()
    {
        Assert.That(Check(Closed(), false), Is.Empty);
        Assert.That(Check(Closed(), false, "subscriber.created", "subscriber.*", "*", "*"), Is.Empty);
        Assert.That(Check(Closed(), true, "campaign.open", "campaign.*", "*"), Is.Empty);
    }

    [Test]
    public void CheckPatterns_Faulty_NamesAllAtOnce() => Assert.That(Check(Closed(), false, "campain.*", null, "subscriber.create", "a*", "*"), Is.EqualTo(new[]
    {
        "The event type pattern 'campain.*' can match nothing in the catalogue. The nearest known one is 'campaign.*'. "
            + "Add it with AddEventType(...), or set WebhookOptions.AllowUnknownEventTypes.",
        "The event type pattern is empty. Name one, such as 'subscriber.created'. Allowed are 'a.b' (one type), 'a.*' (all that begin with 'a.') and '*' (all).",
        "The event type pattern 'subscriber.create' can match nothing in the catalogue. The nearest known one is 'subscriber.created'. "
            + "Add it with AddEventType(...), or set WebhookOptions.AllowUnknownEventTypes.",
        "The event type pattern 'a*' has '*' at character 2. Use letters, digits, '_' and '-', in parts joined by dots. "
            + "Allowed are 'a.b' (one type), 'a.*' (all that begin with 'a.') and '*' (all).",
    }));

    [Test]
    public void CheckPatterns_NothingNear_NamesFix()
    {
        Assert.That(Check(new EventTypeCatalog([], false), false, "*")[0], Does.Contain("'*' can match nothing in the catalogue. The catalogue has none like it."));
        Assert.That(Check(new EventTypeCatalog([new("flat", "")], false), false, "a.*")[0], Does.Contain("The catalogue has none like it."));
    }

    [Test]
    public void CheckPatterns_OpenCatalogue_MayMatchAnything()
    {
        Assert.That(Check(Open(), false, "other.thing", "other.*", "campaign.*", "*"), Is.Empty);
        Assert.That(Check(Open(), false, "campaign.open")[0], Does.Contain("require batching"));
        Assert.That(Check(Open(), false, "a..b"), Has.Length.EqualTo(1));
    }

    [Test]
    public void CheckPatterns_BatchingRequired_NeedsBatchingUnlessAWildcardCoversMore()
    {
        Assert.That(Check(Closed(), false, "campaign.open"), Is.EqualTo(new[]
        {
            "The event type pattern 'campaign.open' covers only types that require batching ('campaign.open'). Set Batching on the subscription.",
        }));
        Assert.That(Check(Closed(), false, "campaign.*")[0], Does.Contain("('campaign.open', 'campaign.click')"));
        Assert.That(Check(Closed(), false, "*"), Is.Empty);

        var many = Enumerable.Range(0, 5).Select(i => new WebhookEventType($"a.t{i}", "", BatchingRequired: true));
        Assert.That(Check(new EventTypeCatalog(many, false), false, "a.*")[0], Does.Contain("'a.t2' and 2 more"));
    }

    [Test]
    public void CheckPatterns_TooMany_NamesTheLimit()
    {
        var most = Enumerable.Repeat("*", 1000).ToArray();
        Assert.That(Check(Closed(), false, most), Is.Empty);
        Assert.That(Check(Closed(), false, [.. most, "*"]), Is.EqualTo(new[] { "There are 1001 event type patterns; 1000 is the most. Use wildcards such as 'a.*'." }));
    }

    [Test]
    public void Faults_BadCatalogue_NamesAllAtOnce()
    {
        var catalog = new EventTypeCatalog(
            [
                new("a.b", "One."),
                new("a.b", "One."),
                new("a.b", "Two."),
                new("bad name", ""),
                new(null!, ""),
                new("x", "", ClrType: typeof(Uri)),
                new("x", "", ClrType: typeof(Uri)),
                new("y", "", ClrType: typeof(Uri)),
            ],
            allowUnknown: false);
        Assert.That(catalog.Faults, Is.EqualTo(new[]
        {
            "AddEventType: the event type 'a.b' is added twice with different descriptions, CLR types or batching. Add it once.",
            "AddEventType: The event type 'bad name' has ' ' at character 4. Use letters, digits, '_' and '-', in parts joined by dots.",
            "AddEventType: The event type is empty. Name one, such as 'subscriber.created'.",
            "AddEventType: the CLR type System.Uri is bound to both 'x' and 'y'. Bind it to one, and publish the other by name.",
        }));
        Assert.That(catalog.Find("a.b")!.Description, Is.EqualTo("One."));
    }

    [Test]
    public void BatchingRequired_InTheIndex_IsHonoured()
    {
        var model = WebhookKit.Tests.Matching.Models.Subscription("1", ["*"]);
        var index = SubscriptionIndex.Create(Closed().BatchingRequired).Apply(1, [model], []);
        var matches = new List<SubscriptionModel>();
        index.Match(WebhookKit.Tests.Matching.Models.Event("campaign.open"), matches);
        Assert.That(matches, Is.Empty);
    }
}
