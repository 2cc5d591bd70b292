using NUnit.Framework;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Matching;

public class RouteTableTests
{
    [Test]
    public void Apply_GrowsAndShrinks_FindsWhatADictionaryDoes([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var naive = new Dictionary<string, SubscriptionModel[]>();
        List<(RouteTable Table, Dictionary<string, SubscriptionModel[]> Naive)> snapshots = [];
        var table = RouteTable.Empty;
        for (var step = 0; step < 60; step++)
        {
            // First there come more and more, then most of them go.
            var isGrowing = step < 30;
            string[] types = isGrowing
                ? [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => $"type.{random.Next(5_000)}").Distinct()]
                : [.. naive.Keys.Where(_ => random.Next(4) == 0), "type.unknown"];
            List<(RouteKey, SubscriptionModel[])> changes = [];
            foreach (var type in types)
            {
                SubscriptionModel[] models = random.Next(isGrowing ? 5 : 1) == 0 ? [] : [Models.Subscription($"{type} {step}", [type])];
                changes.Add((KeyOf(type), models));
                if (models.Length > 0) naive[type] = models;
                else naive.Remove(type);
            }

            table = table.Apply(changes);
            snapshots.Add((table, new(naive)));
        }

        // The earlier ones are as they were.
        foreach (var (snapshot, expected) in snapshots)
        {
            Assert.That(snapshot.Count, Is.EqualTo(expected.Count));
            string[] wrong = [.. Enumerable.Range(0, 5_000).Select(i => $"type.{i}").Where(type => snapshot.Find(KeyOf(type)) != expected.GetValueOrDefault(type, []))];
            Assert.That(wrong, Is.Empty);
        }

        Assert.That((snapshots[29].Table.Count > 1_000, table.Count < 10), Is.EqualTo((true, true)), "it has grown and shrunk");
    }

    [Test]
    public void Apply_MoreAndFewer_HasSlotsForThem()
    {
        (RouteKey, SubscriptionModel[])[] some = [.. Enumerable.Range(0, 1_000).Select(i => (KeyOf($"type.{i}"), (SubscriptionModel[])[Models.Subscription($"{i}", ["a"])]))];
        var small = RouteTable.Empty.Apply(some[..256]);
        var grown = small.Apply(some[256..257]);
        var large = grown.Apply(some[257..]);
        Assert.That((RouteTable.Empty.SlotCount, small.SlotCount, grown.SlotCount, large.SlotCount), Is.EqualTo((64, 64, 256, 256)));

        // Not again when it goes back and forth.
        Assert.That(grown.Apply(Gone(some[256..257])).SlotCount, Is.EqualTo(256));
        Assert.That(large.Apply(some).SlotCount, Is.EqualTo(256), "none is new");

        var few = large.Apply(Gone(some[129..]));
        var fewer = few.Apply(Gone(some[128..129]));
        Assert.That((few.Count, few.SlotCount, fewer.Count, fewer.SlotCount), Is.EqualTo((129, 256, 128, 128)));
        Assert.That(some[..128].All(route => fewer.Find(route.Item1) == route.Item2));
        Assert.That(fewer.Apply(Gone(some[..128])).SlotCount, Is.EqualTo(64));

        static (RouteKey, SubscriptionModel[])[] Gone((RouteKey Key, SubscriptionModel[])[] routes) => [.. routes.Select(route => (route.Key, (SubscriptionModel[])[]))];
    }

    [Test]
    public void Find_OtherTenantOrLength_IsAnotherRoute()
    {
        SubscriptionModel[] models = [Models.Subscription("a", ["x.*"])];
        var table = RouteTable.Empty.Apply([(new RouteKey("t", "x.y", 2), models)]);
        Assert.That(table.Find(new RouteKey("t", "x.z", 2)), Is.SameAs(models));
        Assert.That(table.Find(new RouteKey("t", "x.y", 3)), Is.Empty);
        Assert.That(table.Find(new RouteKey(null, "x.y", 2)), Is.Empty);
        Assert.That(RouteTable.Empty.Find(new RouteKey("t", "x.y", 2)), Is.Empty);
    }

    [Test]
    public void Find_SameHash_IsAnotherRoute()
    {
        // Hashes differ from process to process; of a hundred thousand or so, two are the same.
        Dictionary<int, RouteKey> byHash = [];
        var i = 0;
        while (byHash.TryAdd(KeyOf($"{i}").GetHashCode(), KeyOf($"{i}"))) i++;
        var (one, other) = (byHash[KeyOf($"{i}").GetHashCode()], KeyOf($"{i}"));
        SubscriptionModel[] models = [Models.Subscription("a", ["a"])], others = [Models.Subscription("b", ["b"])];

        var table = RouteTable.Empty.Apply([(one, models)]);
        Assert.That(table.Find(other), Is.Empty);
        table = table.Apply([(other, others)]);
        Assert.That((table.Find(one), table.Find(other)), Is.EqualTo((models, others)));
        table = table.Apply([(one, [])]);
        Assert.That((table.Find(one).Length, table.Find(other)), Is.EqualTo((0, others)));
    }

    private static RouteKey KeyOf(string type) => new(null, type, type.Length);
}
