using System.Numerics;

namespace WebhookKit.Matching;

/// <summary>
/// The subscriptions of each route. A snapshot: <see cref="Apply"/> makes the next one and shares what has not changed. A hash table in
/// blocks, which is looked up in a few steps however large it is: of a tree among very many, most steps would wait for memory.
/// </summary>
internal sealed class RouteTable
{
    private const int BlockBits = 6;
    private const int BlockLength = 1 << BlockBits;

    /// <summary>So many routes for each slot, and there are more slots; an eighth of it, and there are fewer.</summary>
    private const int MostInSlot = 4;

    /// <summary>Blocks of slots, of which a slot has the routes whose hashes end alike; null for none.</summary>
    private readonly Route[]?[][] _blocks;

    private RouteTable(Route[]?[][] blocks, int count) => (_blocks, Count) = (blocks, count);

    /// <summary>A table without routes.</summary>
    public static RouteTable Empty { get; } = new(NewBlocks(1), 0);

    /// <summary>How many routes have subscriptions.</summary>
    public int Count { get; }

    /// <summary>The subscriptions of a route; none where it has none.</summary>
    public SubscriptionModel[] Find(in RouteKey key)
    {
        var hash = key.GetHashCode();
        foreach (ref readonly var route in SlotOf(_blocks, hash).AsSpan())
        {
            if (route.Hash == hash && route.Key.Equals(key)) return route.Subscriptions;
        }

        return [];
    }

    /// <summary>How many slots there are.</summary>
    internal int SlotCount => _blocks.Length * BlockLength;

    /// <summary>The table after some changes.</summary>
    /// <param name="changes">Routes, once each, with what they lead to from now on.</param>
    public RouteTable Apply(IReadOnlyCollection<(RouteKey Key, SubscriptionModel[] Subscriptions)> changes)
    {
        var count = Count + changes.Sum(change => (change.Subscriptions.Length > 0 ? 1 : 0) - (Find(change.Key).Length > 0 ? 1 : 0));
        var blocks = BlocksFor(count);
        var own = new bool[blocks.Length];
        if (blocks == _blocks) blocks = [.. blocks];
        else Array.Fill(own, true);
        foreach (var (key, subscriptions) in changes)
        {
            var hash = key.GetHashCode();
            var block = BlockOf(blocks, hash);
            if (!own[block]) blocks[block] = [.. blocks[block]];
            own[block] = true;
            ref var slot = ref SlotOf(blocks, hash);
            var others = Array.FindAll(slot ?? [], route => route.Hash != hash || !route.Key.Equals(key));
            slot = subscriptions.Length > 0 ? [.. others, new Route(hash, key, subscriptions)] : others.Length > 0 ? others : null;
        }

        return new RouteTable(blocks, count);
    }

    private static int BlockOf(Route[]?[][] blocks, int hash) => (hash >>> BlockBits) & (blocks.Length - 1);

    private static ref Route[]? SlotOf(Route[]?[][] blocks, int hash) => ref blocks[BlockOf(blocks, hash)][hash & (BlockLength - 1)];

    private static Route[]?[][] NewBlocks(int count)
    {
        var blocks = new Route[]?[count][];
        for (var i = 0; i < count; i++) blocks[i] = new Route[]?[BlockLength];
        return blocks;
    }

    /// <summary>The blocks as they are; or others with the same routes, as many as are right for a number of routes.</summary>
    private Route[]?[][] BlocksFor(int count)
    {
        if (count <= SlotCount * MostInSlot && (_blocks.Length == 1 || count * 8 > SlotCount * MostInSlot)) return _blocks;

        // Half full.
        var blocks = NewBlocks((int)BitOperations.RoundUpToPowerOf2((uint)(count * 2 / (BlockLength * MostInSlot)) + 1));
        foreach (var route in _blocks.SelectMany(static block => block).SelectMany(static slot => slot ?? []))
        {
            ref var slot = ref SlotOf(blocks, route.Hash);
            slot = [.. slot ?? [], route];
        }

        return blocks;
    }

    private readonly record struct Route(int Hash, RouteKey Key, SubscriptionModel[] Subscriptions);
}
