using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HeldDeliveriesTests
{
    private readonly BufferBudget _budget = new(long.MaxValue);
    private readonly HeldDeliveries _held;

    public HeldDeliveriesTests() => _held = new HeldDeliveries(_budget);

    [Test]
    public void TryAdd_Twice_CountsOnce()
    {
        var item = Pending(bytes: 10);
        Assert.That((_held.TryAdd(item), _held.TryAdd(item)), Is.EqualTo((true, false)));
        Assert.That((_held.Count, _held.Contains(item.Delivery.Id)), Is.EqualTo((1, true)));
        Assert.That((_budget.Count, _budget.Bytes), Is.EqualTo((1, 1010)));
    }

    [Test]
    public void Remove_Twice_FreesOnce()
    {
        PendingDelivery[] items = [Pending(bytes: 10), Pending(bytes: 20)];
        foreach (var item in items) _held.TryAdd(item);
        _held.Remove(items[0].Delivery.Id);
        _held.Remove(items[0].Delivery.Id);
        Assert.That((_held.Count, _held.Contains(items[0].Delivery.Id), _held.Contains(items[1].Delivery.Id)), Is.EqualTo((1, false, true)));
        Assert.That((_budget.Count, _budget.Bytes), Is.EqualTo((1, 1020)));
    }

    [Test]
    public void Clear_Any_FreesAll([Values(0, 1, 50)] int count)
    {
        for (var i = 0; i < count; i++) _held.TryAdd(Pending(bytes: i));
        _held.Clear();
        _held.Clear();
        Assert.That((_held.Count, _held.ToIds(), _budget.Count, _budget.Bytes), Is.EqualTo((0, (IReadOnlySet<Guid>?)null, 0, 0)));
    }

    [Test]
    public void ToIds_LaterChanges_AreNotInIt()
    {
        PendingDelivery[] items = [Pending(), Pending()];
        Assert.That((_held.ToIds(), _held.Contains(items[0].Delivery.Id)), Is.EqualTo(((IReadOnlySet<Guid>?)null, false)));
        _held.TryAdd(items[0]);
        var ids = _held.ToIds();
        _held.TryAdd(items[1]);
        Assert.That(ids, Is.EqualTo(items[..1].Ids()));

        foreach (var item in items) _held.Remove(item.Delivery.Id);
        Assert.That((_held.ToIds(), _held.Count), Is.EqualTo(((IReadOnlySet<Guid>?)null, 0)));
    }

    [Test]
    public void Remove_OfMany_GoesOnWorkingOnceEmpty()
    {
        PendingDelivery[] items = [.. Enumerable.Range(0, 100).Select(_ => Pending())];
        foreach (var item in items) _held.TryAdd(item);
        foreach (var item in items) _held.Remove(item.Delivery.Id);
        _held.Remove(items[0].Delivery.Id);
        Assert.That((_held.Count, _held.Contains(items[0].Delivery.Id), _budget.Count), Is.EqualTo((0, false, 0)));
        Assert.That(_held.TryAdd(items[0]), Is.True);
    }
}
