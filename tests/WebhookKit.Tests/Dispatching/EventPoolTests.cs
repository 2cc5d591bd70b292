using System.Runtime.CompilerServices;
using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Dispatching;

/// <summary>Events that are in memory once.</summary>
public sealed class EventPoolTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Share_SameEventReadTwice_IsTheFirst()
    {
        var pool = new EventPool();
        var (first, second) = (Event(), Event());
        Assert.That(pool.Share(first), Is.SameAs(first));
        Assert.That(pool.Share(second), Is.SameAs(first));
    }

    [Test]
    public void Share_OtherTenantsEvent_IsItself()
    {
        var pool = new EventPool();
        var (first, second) = (Event(), Event() with { TenantId = "other" });
        pool.Share(first);
        Assert.That(pool.Share(second), Is.SameAs(second));
        GC.KeepAlive(first);
    }

    [Test]
    public void Share_IdGivenToAnother_IsNotTheOldOne()
    {
        WebhookEvent[] others =
        [
            Event() with { Data = "2"u8.ToArray() }, Event() with { Type = "c.d" }, Event() with { OccurredAt = Now.AddTicks(1) }, Event() with { OccurredAt = Now.ToOffset(TimeSpan.FromHours(1)) },
            Event() with { ContentType = "text/plain" }, Event() with { OrderingKey = "k" }, Event() with { TraceParent = "t" },
            Event() with { Attributes = new Dictionary<string, string> { ["a"] = "2" } },
        ];
        foreach (var other in others)
        {
            var pool = new EventPool();
            var first = Event();
            pool.Share(first);
            Assert.That(pool.Share(other), Is.SameAs(other));
            Assert.That(pool.Share(other with { }), Is.SameAs(other), "The latest is the one that is shared.");
            GC.KeepAlive(first);
        }
    }

    [Test]
    public void Share_Rows_KeepTheirDeliveries()
    {
        var pool = new EventPool();
        var first = Event();
        pool.Share(first);
        var row = new PendingDelivery(new WebhookDelivery { Id = Guid.CreateVersion7(), EventId = "e", EventType = "a.b", SubscriptionId = "s", CreatedAt = Now, DueAt = Now }, Event());
        var shared = pool.Share([row]);
        Assert.That(shared[0].Event, Is.SameAs(first));
        Assert.That(shared[0].Delivery, Is.SameAs(row.Delivery));
    }

    [Test]
    public void Share_NobodyHasItAnyMore_IsNotKept()
    {
        var pool = new EventPool();
        var gone = ShareOne(pool);
        GC.Collect();
        Assert.That(gone.IsAlive, Is.False);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ShareOne(EventPool pool) => new(pool.Share(Event()));

    private static WebhookEvent Event() => new()
    {
        Id = "e",
        TenantId = "t",
        Type = "a.b",
        OccurredAt = Now,
        Data = "1"u8.ToArray(),
        Attributes = new Dictionary<string, string> { ["a"] = "1" },
    };
}
