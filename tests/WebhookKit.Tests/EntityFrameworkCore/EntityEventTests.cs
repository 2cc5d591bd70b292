using NUnit.Framework;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>Events that entities collect.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class EntityEventTests : ShopFixture
{
    [Test]
    public async Task SaveChanges_EntityHasRaised_StoresAndClears([Values] bool isAsync, [Values] bool accept)
    {
        await using var shop = Open();
        var invoice = new Invoice();
        shop.Add(invoice);
        invoice.Pay();
        Assert.That(invoice.RaisedWebhooks.Single().Data, Is.EqualTo(new InvoicePaid(invoice.Id)));

        await SaveAsync(shop, isAsync, accept);
        Assert.That(invoice.RaisedWebhooks, Is.Empty);
        if (!accept) shop.ChangeTracker.AcceptAllChanges();
        await SaveAsync(shop, isAsync, accept);
        Assert.That(await CountEventsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Model_EntityWithEvents_HasNoColumnForThem()
    {
        await using var shop = Open();
        var type = shop.Model.FindEntityType(typeof(Invoice))!;
        Assert.That(type.GetProperties().Select(p => p.Name), Is.EquivalentTo(new[] { "Id", "IsPaid" }));
        Assert.That(type.GetNavigations(), Is.Empty);
    }

    [Test]
    public async Task SaveChanges_EntityUnchangedOrDeleted_StoresItsEvents([Values] bool isDeleted)
    {
        await using var shop = Open();
        var invoice = new Invoice();
        shop.Add(invoice);
        await shop.SaveChangesAsync();
        if (isDeleted) shop.Remove(invoice);
        invoice.RaisedWebhooks.Raise("invoice.paid", 1);
        await shop.SaveChangesAsync();
        Assert.That(await CountEventsAsync(), Is.EqualTo(1));
        Assert.That(invoice.RaisedWebhooks, Is.Empty);
    }

    [Test]
    public async Task SaveChanges_RaisedHereAndThere_StoresInOrder()
    {
        await using var shop = Open();
        Invoice first = new(), second = new();
        shop.AddRange(first, second);
        second.RaisedWebhooks.Raise("order.created", 1);
        shop.RaiseWebhook("order.created", 2);
        first.RaisedWebhooks.Raise("order.created", 3);
        second.RaisedWebhooks.RaiseJson("order.created", "4"u8.ToArray());
        first.RaisedWebhooks.Raise(new WebhookEvent { Type = "order.created", Data = "5"u8.ToArray() });
        await shop.SaveChangesAsync();

        await Harness.DrainAsync();
        Assert.That(await ScalarAsync<string>($"SELECT string_agg(convert_from(data, 'UTF8'), ',' ORDER BY seq) FROM {Schema.Name}.webhook_event"), Is.EqualTo("1,2,3,4,5"));
    }

    [Test]
    public async Task SaveChanges_EventRefused_StoresNothingAndKeepsIt()
    {
        await using var shop = Open();
        var invoice = new Invoice();
        shop.Add(invoice);
        invoice.RaisedWebhooks.Raise("no.such.type", 1);
        await Assert.ThrowsAsync<WebhookValidationException>(() => shop.SaveChangesAsync());
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.\"Invoices\""), Is.Zero);

        invoice.RaisedWebhooks.Clear();
        await shop.SaveChangesAsync();
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.\"Invoices\""), Is.EqualTo(1));
    }

    [Test]
    public async Task Rollback_SameTracker_DoesNotInventTheEvent([Values] bool isExplicit)
    {
        await using var shop = Open();
        var invoice = new Invoice();
        shop.Add(invoice);
        invoice.Pay();
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            await shop.SaveChangesAsync();
            if (isExplicit) await transaction.RollbackAsync();
        }

        shop.Add(new Invoice());
        await shop.SaveChangesAsync();
        Assert.That(await CountEventsAsync(), Is.Zero);
    }

    [Test]
    public async Task Rollback_ChangedThenRemoved_DoesNotInventTheEventOfTheChange()
    {
        await using var shop = Open();
        var invoice = new Invoice();
        shop.Add(invoice);
        await shop.SaveChangesAsync();
        invoice.Pay();
        await using (await shop.Database.BeginTransactionAsync()) await shop.SaveChangesAsync();

        shop.Remove(invoice);
        await shop.SaveChangesAsync();
        Assert.That(await CountEventsAsync(), Is.Zero);
    }

    [Test]
    public async Task Rollback_EntityTrackedAnew_StoresWithItsRow([Values] bool cleared)
    {
        await using var shop = Open();
        await using var other = Open();
        var invoice = new Invoice();
        invoice.Pay();
        shop.Add(invoice);
        await using (await shop.Database.BeginTransactionAsync()) await shop.SaveChangesAsync();

        var again = cleared ? shop : other;
        again.ChangeTracker.Clear();
        again.Add(invoice);
        await again.SaveChangesAsync();
        Assert.That(await CountEventsAsync(), Is.EqualTo(1));
        Assert.That(invoice.RaisedWebhooks, Is.Empty);
    }

    [Test]
    public async Task Commit_OfTheHost_ClearsTheEntity([Values] bool accept)
    {
        await using var shop = Open();
        var invoice = new Invoice();
        shop.Add(invoice);
        invoice.Pay();
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            await shop.SaveChangesAsync(accept);
            Assert.That(invoice.RaisedWebhooks, Has.Exactly(1).Items);
            await transaction.CommitAsync();
        }

        Assert.That(invoice.RaisedWebhooks, Is.Empty);
        Assert.That(await CountEventsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Commit_AfterAnotherSavingFailed_ClearsTheEntity([Values] bool isAsync, [Values("row", "event", "row and event")] string failing)
    {
        await using var shop = Open();
        await using var transaction = await shop.Database.BeginTransactionAsync();
        var invoice = new Invoice();
        shop.Add(invoice);
        invoice.Pay();
        shop.Add(new Order { Name = "a" });
        await SaveAsync(shop, isAsync);

        if (failing.Contains("row", StringComparison.Ordinal)) shop.Add(new Order { Name = "a" });
        if (failing.Contains("event", StringComparison.Ordinal)) shop.RaiseWebhook("order.created", 2, new PublishOptions { SubscriptionIds = ["nobody"] });
        await Assert.CatchAsync(() => SaveAsync(shop, isAsync));
        await transaction.CommitAsync();

        Assert.That(invoice.RaisedWebhooks, Is.Empty);
        Assert.That(await CountEventsAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task SaveChanges_ReadsTheTracker_WithoutChangingItsSettings([Values] bool detects)
    {
        await using var shop = Open();
        shop.ChangeTracker.AutoDetectChangesEnabled = detects;
        shop.RaiseWebhook("order.created", 1);
        await shop.SaveChangesAsync();
        Assert.That(shop.ChangeTracker.AutoDetectChangesEnabled, Is.EqualTo(detects));
    }
}
