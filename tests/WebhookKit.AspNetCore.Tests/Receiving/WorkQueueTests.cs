using System.Collections.Concurrent;
using WebhookKit.AspNetCore.Receiving;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Receiving;

internal sealed class WorkQueueTests
{
    [Test]
    public async Task TryAdd_ManyAtOnce_AllIsDoneOnceAndNeverMoreAtOnceThanMay()
    {
        var done = new ConcurrentDictionary<int, int>();
        var atOnce = 0;
        var most = 0;
        using var queue = new WorkQueue<int>(100_000, 3, async item =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref atOnce));
            if (item % 7 == 0) await Task.Yield();
            done.AddOrUpdate(item, 1, (_, n) => n + 1);
            Interlocked.Decrement(ref atOnce);
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++) Assert.That(queue.TryAdd(t * 5000 + i), Is.True);
        })));
        Assert.That(await queue.DrainAsync(CancellationToken.None), Is.Zero);
        Assert.That((done.Count, done.Values.Max(), queue.Count), Is.EqualTo((40_000, 1, 0)));
        Assert.That(most, Is.LessThanOrEqualTo(3));
    }

    [Test]
    public async Task RecentIds_MoreThanItHolds_ForgetsTheOldestAndSaysSoOnce()
    {
        var told = 0;
        var clock = new ManualTimeProvider();
        var recent = new RecentIds(2, TimeSpan.FromHours(1), clock, () => told++);
        foreach (var id in (string[])["a", "b", "c", "d"])
        {
            Assert.That(recent.Begin(KeyOf(id), out var entry), Is.EqualTo(Known.Not));
            Assert.That(recent.Begin(KeyOf(id), out _), Is.EqualTo(Known.AsUnderWay));
            recent.End(entry, isDone: true);
        }

        Assert.That(recent.Begin(KeyOf("d"), out _), Is.EqualTo(Known.AsDone));
        Assert.That(recent.Begin(KeyOf("c"), out _), Is.EqualTo(Known.AsDone));
        Assert.That(recent.Begin(KeyOf("b"), out var again), Is.EqualTo(Known.Not));
        Assert.That(told, Is.EqualTo(1));
        recent.End(again, isDone: false);
        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.That(recent.Begin(KeyOf("d"), out var anew), Is.EqualTo(Known.Not));
        recent.End(anew, isDone: true);
        Assert.That(recent.Begin(KeyOf("d"), out _), Is.EqualTo(Known.AsDone), "forgetting the first has not forgotten the second");
        Assert.That(recent.Count, Is.EqualTo(1), "nothing is kept of those whose time has passed");
        await Task.CompletedTask;
    }

    private static EventKey KeyOf(string id) => new("", "", id);

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen; (seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen;)
        {
            // Somebody else was quicker.
        }
    }
}
