using NUnit.Framework;
using WebhookKit.Matching;
using static WebhookKit.Tests.Matching.Models;

namespace WebhookKit.Tests.Matching;

internal sealed class SubscriptionIndexTests
{
    private static string[] Match(SubscriptionIndex index, WebhookEvent e)
    {
        var matches = new List<SubscriptionModel>();
        index.Match(e, matches);
        return [.. matches.Select(model => model.Id)];
    }

    private static SubscriptionIndex Index(params SubscriptionModel[] models) => SubscriptionIndex.Empty.Apply(1, models, []);

    [Test]
    public void Empty_Anything_MatchesNothing()
    {
        Assert.That(SubscriptionIndex.Empty.Count, Is.Zero);
        Assert.That(SubscriptionIndex.Empty.Version, Is.Zero);
        Assert.That(SubscriptionIndex.Empty.All, Is.Empty);
        Assert.That(SubscriptionIndex.Empty.Find("a"), Is.Null);
        Assert.That(Match(SubscriptionIndex.Empty, Event()), Is.Empty);
    }

    [TestCase("a.b.c", new[] { "all", "a", "ab", "exact" })]
    [TestCase("a.b", new[] { "all", "a" })]
    [TestCase("a", new[] { "all" })]
    [TestCase("x.a.b", new[] { "all" })]
    [TestCase("", new[] { "all" })]
    public void Match_Types_FollowPatterns(string type, string[] expected)
    {
        var index = Index(
            Subscription("exact", ["a.b.c"]), Subscription("ab", ["a.b.*"]), Subscription("a", ["a.*"]), Subscription("all", ["*"]), Subscription("none", []));
        Assert.That(Match(index, Event(type)), Is.EqualTo(expected));
    }

    [Test]
    public void Match_Tenants_AreApart()
    {
        var index = Index(
            Subscription("1", ["*"]), Subscription("2", ["*"], tenant: ""), Subscription("3", ["*"], tenant: "x"), Subscription("4", ["*"], tenant: "X"));
        Assert.That(Match(index, Event()), Is.EqualTo(new[] { "1" }));
        Assert.That(Match(index, Event(tenant: "")), Is.EqualTo(new[] { "2" }));
        Assert.That(Match(index, Event(tenant: "x")), Is.EqualTo(new[] { "3" }));
        Assert.That(Match(index, Event(tenant: "y")), Is.Empty);
    }

    [Test]
    public void Match_OverlappingPatterns_AddsOnce()
    {
        var index = Index(Subscription("1", ["a.b", "a.b", "a.*", "a.b.*"]), Subscription("2", ["a.b", "*"]), Subscription("3", ["a.b", "a.c", "b.*"]));
        Assert.That(Match(index, Event("a.b")), Is.EquivalentTo(new[] { "1", "2", "3" }));
        Assert.That(Match(index, Event("a.b.c")), Is.EquivalentTo(new[] { "1", "2" }));
        Assert.That(Match(index, Event("b.x")), Is.EquivalentTo(new[] { "2", "3" }));
    }

    [Test]
    public void Match_MalformedPatternFromAStore_MatchesNothing()
    {
        var index = Index(Subscription("1", ["", "a.", "a*", "**", null!]));
        Assert.That(new[] { "a.b", "a", "a.", "", "a*" }.SelectMany(type => Match(index, Event(type))), Is.Empty);
    }

    [Test]
    public void Match_MalformedType_AddsOnce() => Assert.That(Match(Index(Subscription("1", ["a.*"])), Event("a.")), Is.EqualTo(new[] { "1" }));

    [Test]
    public void Match_Status_LeavesOutDisabled()
    {
        var index = Index(
            Subscription("1", ["*"]), Subscription("2", ["*"], status: SubscriptionStatus.Paused), Subscription("3", ["*"], status: SubscriptionStatus.Disabled));
        Assert.That(Match(index, Event()), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(index.Find("3"), Is.Not.Null);
        Assert.That(index.Count, Is.EqualTo(3));
    }

    [Test]
    public void Match_Filter_Decides()
    {
        var index = Index(
            Subscription("1", ["*"], filter: WebhookFilter.Data("$.n").EqualTo(1)), Subscription("2", ["a.*"], filter: WebhookFilter.Data("$.n").EqualTo(2)));
        Assert.That(Match(index, Event(data: """{"n":1}""")), Is.EqualTo(new[] { "1" }));
        Assert.That(Match(index, Event(data: """{"n":2}""")), Is.EqualTo(new[] { "2" }));
        Assert.That(Match(index, Event(data: "{")), Is.Empty);
    }

    [Test]
    public void Match_DataFilters_ShareOneDocumentAndGiveItBack()
    {
        var (first, second) = (new SpyFilter(), new SpyFilter());
        var index = Index(Subscription("1", ["*"], filter: first), Subscription("2", ["a.*"], filter: second));
        Assert.That(Match(index, Event()), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(() => first.Seen.ValueKind, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => second.Seen.ValueKind, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Match_BatchingRequired_NeedsBatching()
    {
        var index = SubscriptionIndex.Create(["a.b"]).Apply(1, [Subscription("1", ["a.*"]), Subscription("2", ["a.*"], batching: true), Subscription("3", ["a.b"])], []);
        Assert.That(Match(index, Event("a.b")), Is.EqualTo(new[] { "2" }));
        Assert.That(Match(index, Event("a.c")), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(Match(index.Apply(2, [Subscription("4", ["*"])], []), Event("a.b")), Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public void Match_ListInUse_IsAddedTo()
    {
        var first = Subscription("0", []);
        var matches = new List<SubscriptionModel> { first };
        Index(Subscription("1", ["*"])).Match(Event(), matches);
        Assert.That(matches.Select(model => model.Id), Is.EqualTo(new[] { "0", "1" }));
    }

    [Test]
    public void Match_WithoutFilters_AllocatesNothing()
    {
        var index = Index(Subscription("1", ["*"], tenant: "t"), Subscription("2", ["a.*"], tenant: "t"), Subscription("3", ["a.b.c"], tenant: "t"));
        var e = Event("a.b.c", tenant: "t");
        var matches = new List<SubscriptionModel>(16);
        index.Match(e, matches);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            matches.Clear();
            index.Match(e, matches);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100));
        Assert.That(matches, Has.Count.EqualTo(3));
    }

    [Test]
    public void Apply_Changes_ReplaceMoveAndRemove()
    {
        var first = Index(Subscription("1", ["a.b"]), Subscription("2", ["a.b", "c"]));
        var second = first.Apply(7, [Subscription("1", ["a.*"]), Subscription("3", ["a.b"], tenant: "x")], ["2", "unknown"]);
        var third = second.Apply(8, [Subscription("3", ["a.b"])], []);

        Assert.That(second.Version, Is.EqualTo(7));
        Assert.That(second.All.Select(model => model.Id), Is.EqualTo(new[] { "1", "3" }));
        Assert.That(Match(second, Event("a.c")), Is.EqualTo(new[] { "1" }));
        Assert.That(Match(second, Event("c")), Is.Empty);
        Assert.That(Match(second, Event("a.b", tenant: "x")), Is.EqualTo(new[] { "3" }));
        Assert.That(Match(third, Event("a.b", tenant: "x")), Is.Empty);
        Assert.That(Match(third, Event("a.b")), Is.EqualTo(new[] { "1", "3" }));
        Assert.That(Match(first, Event("a.b")), Is.EqualTo(new[] { "1", "2" }), "an old snapshot stays as it was");
        Assert.That(first.Find("2"), Is.Not.Null);
        Assert.That(second.Find("2"), Is.Null);
    }

    [Test]
    public void Apply_DeletedAndChanged_WasMadeAgain()
    {
        var index = Index(Subscription("1", ["a"])).Apply(2, [Subscription("1", ["b"])], ["1"]);
        Assert.That(Match(index, Event("a")), Is.Empty);
        Assert.That(Match(index, Event("b")), Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void Apply_ChangedTwice_TheLastCounts()
    {
        var index = Index(Subscription("1", ["a"]), Subscription("1", ["b"]));
        Assert.That(index.Count, Is.EqualTo(1));
        Assert.That(Match(index, Event("a")), Is.Empty);
        Assert.That(Match(index, Event("b")), Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void Apply_SameRoute_ReplacesTheModel()
    {
        var changed = Subscription("2", ["a"], filter: WebhookFilter.Data("$.n").Exists());
        var index = Index(Subscription("1", ["a"]), Subscription("2", ["a"]), Subscription("3", ["a"])).Apply(2, [changed], []);
        Assert.That(Match(index, Event("a")), Is.EqualTo(new[] { "1", "3" }));
        Assert.That(index.Find("2"), Is.SameAs(changed));
    }

    [Test]
    public void Match_ManyRandomChanges_AgreesWithANaiveMatcher()
    {
        var random = new Random(42);
        var index = SubscriptionIndex.Create(RandomSubscriptions.BatchingRequired);
        var naive = new Dictionary<string, SubscriptionModel>();
        for (var version = 1; version <= 400; version++)
        {
            var deleted = Enumerable.Range(0, random.Next(3)).Select(_ => RandomSubscriptions.Id(random)).ToList();
            var changed = Enumerable.Range(0, random.Next(20)).Select(_ => RandomSubscriptions.Next(random)).ToList();
            index = index.Apply(version, changed, deleted);
            foreach (var id in deleted) naive.Remove(id);
            foreach (var model in changed) naive[model.Id] = model;

            Assert.That(index.All, Is.EqualTo(naive.Values.OrderBy(model => model.Id, StringComparer.Ordinal)));
            for (var i = 0; i < 10; i++)
            {
                var e = RandomSubscriptions.Event(random);
                var expected = naive.Values.Where(model => RandomSubscriptions.Wants(model.Subscription, e)).Select(model => model.Id).Order(StringComparer.Ordinal);
                Assert.That(Match(index, e).Order(StringComparer.Ordinal), Is.EqualTo(expected), $"version {version}, type {e.Type}, tenant {e.TenantId}");
            }
        }

        var rebuilt = SubscriptionIndex.Create(RandomSubscriptions.BatchingRequired).Apply(400, naive.Values.Reverse(), []);
        var sample = RandomSubscriptions.Event(random);
        Assert.That(Match(rebuilt, sample), Is.EqualTo(Match(index, sample)), "the order does not depend on history");
    }

    [Test]
    public void Apply_AllDeleted_LeavesNothing()
    {
        var random = new Random(3);
        var models = Enumerable.Range(0, 500).Select(_ => RandomSubscriptions.Next(random)).ToList();
        var index = SubscriptionIndex.Empty.Apply(1, models, []).Apply(2, [], models.Select(model => model.Id));
        Assert.That(index.Count, Is.Zero);
        Assert.That(index.All, Is.Empty);
        Assert.That(Enumerable.Range(0, 100).SelectMany(_ => Match(index, RandomSubscriptions.Event(random))), Is.Empty);
        Assert.That(index.RouteCount, Is.Zero, "no empty route is kept");
    }

    [Test]
    public void RouteKey_Equality_IsByTenantAndBeginning()
    {
        Assert.That(new RouteKey("t", "a.b", 2), Is.EqualTo(new RouteKey("t", "a.*", 2)));
        Assert.That(new RouteKey("t", "a.b", 2).GetHashCode(), Is.EqualTo(new RouteKey("t", "a.*", 2).GetHashCode()));
        Assert.That(new RouteKey("t", "a.b", 3), Is.Not.EqualTo(new RouteKey("t", "a.*", 3)));
        Assert.That(new RouteKey(null, "a", 1), Is.Not.EqualTo(new RouteKey("", "a", 1)));
        Assert.That(new RouteKey("t", "a", 1).Equals((object)new RouteKey("t", "a", 1)));
        Assert.That(new RouteKey("t", "a", 1).Equals("a"), Is.False);
    }
}
