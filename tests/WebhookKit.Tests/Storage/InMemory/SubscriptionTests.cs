using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class SubscriptionTests : InMemoryStoreTestBase
{
    [Test]
    public async Task Add_IdTaken_GivesNull()
    {
        var added = await Store.AddSubscriptionAsync(Subscription("s") with { Version = 99 }, default);

        Assert.That(added!.Version, Is.EqualTo(1));
        Assert.That(await Store.AddSubscriptionAsync(Subscription("s"), default), Is.Null);
        Assert.That(await Store.GetSubscriptionAsync("s", default), Is.EqualTo(added));
    }

    [Test]
    public async Task Update_OldVersion_IsRefused()
    {
        var first = await Store.AddSubscriptionAsync(Subscription("s"), default);
        var second = await Store.UpdateSubscriptionAsync(first! with { Name = "2" }, default);

        Assert.That(second!.Version, Is.GreaterThan(first!.Version));
        Assert.That(await Store.UpdateSubscriptionAsync(first with { Name = "3" }, default), Is.Null);
        Assert.That(await Store.UpdateSubscriptionAsync(Subscription("none"), default), Is.Null);
        Assert.That((await Store.GetSubscriptionAsync("s", default))!.Name, Is.EqualTo("2"));
    }

    [Test]
    public async Task Update_FailingSince_IsLeftButClearedByEnabling()
    {
        var added = await Store.AddSubscriptionAsync(Subscription(Sub), default);
        await SettleAsync(Attempted(DeliveryStatus.Pending, await PublishAsync("1")) with { Health = new HealthChange(Now, null, Now) });

        var renamed = await Store.UpdateSubscriptionAsync(added! with { Name = "2" }, default);
        var paused = await Store.UpdateSubscriptionAsync(renamed! with { Status = SubscriptionStatus.Paused, FailingSince = null }, default);
        var enabled = await Store.UpdateSubscriptionAsync(paused! with { Status = SubscriptionStatus.Enabled }, default);

        Assert.That(new[] { renamed!.FailingSince, paused!.FailingSince, enabled!.FailingSince }, Is.EqualTo(new DateTimeOffset?[] { Now, Now, null }));
    }

    [Test]
    public async Task ReadChanges_SinceEachNumber_ShowsWhatCameAfterOncePerId()
    {
        var x = await Store.AddSubscriptionAsync(Subscription("x"), default);
        var y = await Store.AddSubscriptionAsync(Subscription("y"), default);
        var x2 = await Store.UpdateSubscriptionAsync(x! with { Name = "2" }, default);
        await Store.DeleteSubscriptionAsync("y", Now, default);
        var all = await Store.ReadChangesAsync(0, default);
        var later = await Store.ReadChangesAsync(y!.Version, default);
        var none = await Store.ReadChangesAsync(all.Version, default);

        Assert.That((all.Version, all.Deleted.Count), Is.EqualTo((4, 0)));
        Assert.That(all.Changed, Is.EqualTo(new[] { x2 }));
        Assert.That(later.Changed, Is.EqualTo(new[] { x2 }));
        Assert.That(later.Deleted, Is.EqualTo(new[] { "y" }));
        Assert.That((none.Version, none.Changed.Count, none.Deleted.Count), Is.EqualTo((4, 0, 0)));
    }

    [Test]
    public async Task ReadChanges_DeletedAndAddedAgain_ShowsItAsChangedOnly()
    {
        await Store.AddSubscriptionAsync(Subscription("x"), default);
        await Store.DeleteSubscriptionAsync("x", Now, default);
        var again = await Store.AddSubscriptionAsync(Subscription("x", "t"), default);

        var changes = await Store.ReadChangesAsync(1, default);

        Assert.That(changes.Changed, Is.EqualTo(new[] { again }));
        Assert.That(changes.Deleted, Is.Empty);
    }

    [Test]
    public async Task Delete_WithPending_CancelsThemAndTheirSettlement()
    {
        await Store.AddSubscriptionAsync(Subscription(Sub), default);
        var one = await PublishAsync("1");
        await PublishAsync("2", dueIn: 50);
        await PublishAsync("3", "other");

        Assert.That(await Store.DeleteSubscriptionAsync(Sub, Now, default), Is.True);
        Assert.That(await Store.DeleteSubscriptionAsync(Sub, Now, default), Is.False);

        Assert.That(await Store.GetDeliveryAsync(one.Id, default), Is.EqualTo(one with { Status = DeliveryStatus.Canceled, CompletedAt = Now }));
        Assert.That(await PendingAsync(), Is.EqualTo(1));
        Assert.That(await Store.ListDueLanesAsync(AllPartitions, DateTimeOffset.MaxValue, default), Has.Count.EqualTo(1));
        Assert.That(await SettleAsync(Attempted(DeliveryStatus.Succeeded, one)), Is.EqualTo(SettleResult.Superseded));
    }

    [Test]
    public async Task Delete_WithFailed_NothingBecomesPendingAgain()
    {
        await Store.AddSubscriptionAsync(Subscription(Sub), default);
        var failed = await FinishAsync(await PublishAsync("1"), DeliveryStatus.Exhausted);
        await PublishAsync("2", "other");
        await Store.DeleteSubscriptionAsync(Sub, Now, default);

        Assert.That(await Store.ResendAsync(failed.Id, Now, default), Is.Null);
        Assert.That(await Store.RecoverAsync(Sub, default, 10, Now, default), Is.Zero);
        Assert.That(await Store.AddDeliveriesAsync([Delivery("2")], default), Is.Zero);
    }

    [Test]
    public async Task List_Pages_AreByIdWithinTheTenant()
    {
        foreach (var (id, tenant) in new[] { ("b", "t"), ("a", "t"), ("B", "t"), ("c", null), ("d", "t") })
            await Store.AddSubscriptionAsync(Subscription(id, tenant), default);
        await Store.DeleteSubscriptionAsync("d", Now, default);

        Assert.That(await PagesAsync(new SubscriptionQuery { TenantId = "t", Limit = 2 }), Is.EqualTo("B,a|b"));
        Assert.That(await PagesAsync(new SubscriptionQuery { Limit = 2 }), Is.EqualTo("c"));
        Assert.That(await PagesAsync(new SubscriptionQuery { AllTenants = true, Limit = 2 }), Is.EqualTo("B,a|b,c"));
        Assert.That(await PagesAsync(new SubscriptionQuery { TenantId = "none" }), Is.Empty);
        Assert.That(await PagesAsync(new SubscriptionQuery { AllTenants = true, After = "aa" }), Is.EqualTo("b,c"));
        Assert.That(await PagesAsync(new SubscriptionQuery { AllTenants = true, After = "z" }), Is.Empty);
    }

    [Test]
    public async Task List_ByStatus_LeavesOutTheOthers()
    {
        await Store.AddSubscriptionAsync(Subscription("a"), default);
        await Store.AddSubscriptionAsync(Subscription("b") with { Status = SubscriptionStatus.Paused }, default);

        Assert.That(await PagesAsync(new SubscriptionQuery { Status = SubscriptionStatus.Paused, Limit = 1 }), Is.EqualTo("b"));
    }

    [Test]
    public async Task Update_ToAnotherTenant_MovesItInTheLists()
    {
        var added = await Store.AddSubscriptionAsync(Subscription("a", "t"), default);
        await Store.UpdateSubscriptionAsync(added! with { TenantId = "u" }, default);

        Assert.That(await PagesAsync(new SubscriptionQuery { TenantId = "t" }), Is.Empty);
        Assert.That(await PagesAsync(new SubscriptionQuery { TenantId = "u" }), Is.EqualTo("a"));
    }

    private async Task<string> PagesAsync(SubscriptionQuery query)
    {
        var pages = new List<string>();
        for (var page = await Store.ListSubscriptionsAsync(query, default); ; page = await Store.ListSubscriptionsAsync(query with { After = page.Next }, default))
        {
            pages.Add(string.Join(',', page.Items.Select(s => s.Id)));
            if (page.Next is null)
                return string.Join('|', pages);
        }
    }
}
