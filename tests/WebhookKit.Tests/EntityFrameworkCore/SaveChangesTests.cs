using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>Events that are saved in the transaction that SaveChanges makes itself.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SaveChangesTests : ShopFixture
{
    [Test]
    public async Task SaveChanges_RowsAndEvents_StoresBoth([Values] bool isAsync, [Values] bool accept)
    {
        await using var shop = Open();
        shop.Orders.Add(new Order { Name = "a" });
        shop.RaiseWebhook("order.created", new { id = 1 });
        await AssertStoredAsync(0, 0);

        await SaveAsync(shop, isAsync, accept);
        await AssertStoredAsync(1, 1);

        if (!accept) shop.ChangeTracker.AcceptAllChanges();
        shop.Orders.Add(new Order { Name = "b" });
        await SaveAsync(shop, isAsync, accept);
        await AssertStoredAsync(2, 1);
        await Harness.DrainAsync();
        Assert.That(Harness.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task SaveChanges_EventsOnly_StoresThem([Values] bool isAsync, [Values] bool accept)
    {
        await using var shop = Open();
        shop.RaiseWebhook("order.created", new { id = 1 });

        await SaveAsync(shop, isAsync, accept);
        await SaveAsync(shop, isAsync, accept);

        await AssertStoredAsync(0, 1);
    }

    [Test]
    public async Task SaveChanges_NoEvents_BeginsNoTransactionForOneStatement()
    {
        await using var shop = Open();
        shop.Orders.Add(new Order { Name = "a" });
        Faults.Next = Fault.BeforeCommit;
        await shop.SaveChangesAsync();
        Assert.That(Faults.Injected, Is.Zero);
    }

    [Test]
    public async Task SaveChanges_EventsCannotBeStored_StoresNoRowEither([Values] bool isAsync, [Values] AutoTransactionBehavior behavior)
    {
        await using var shop = Open();
        shop.Database.AutoTransactionBehavior = behavior;
        shop.Orders.Add(new Order { Name = "a" });
        shop.RaiseWebhook("order.created", new { id = 1 }, new PublishOptions { SubscriptionIds = ["nobody"] });

        await Assert.ThrowsAsync<WebhookValidationException>(() => SaveAsync(shop, isAsync));

        await AssertStoredAsync(0, 0);
        Assert.That(shop.ChangeTracker.Entries().Single().State, Is.EqualTo(EntityState.Added));
        Assert.That(shop.Database.AutoSavepointsEnabled, Is.True);
        Assert.That(shop.Database.CurrentTransaction, Is.Null);
    }

    [Test]
    public async Task SaveChanges_RowsRefused_StoresNoEventUntilTheyAreMended([Values] bool isAsync)
    {
        await using var shop = Open();
        shop.Orders.Add(new Order { Name = "a" });
        await shop.SaveChangesAsync();
        var clash = new Order { Name = "a" };
        shop.Orders.Add(clash);
        shop.RaiseWebhook("order.created", new { id = 1 });

        await Assert.ThrowsAsync<DbUpdateException>(() => SaveAsync(shop, isAsync));
        await AssertStoredAsync(1, 0);

        clash.Name = "b";
        await SaveAsync(shop, isAsync);
        await AssertStoredAsync(2, 1);
    }

    [Test]
    public async Task Clear_AfterRefusedRows_ForgetsTheirEvents()
    {
        await using var shop = Open();
        shop.Orders.Add(new Order { Name = null! });
        shop.RaiseWebhook("order.created", new { id = 1 });
        await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync());

        shop.ChangeTracker.Clear();
        shop.Orders.Add(new Order { Name = "b" });
        await shop.SaveChangesAsync();

        await AssertStoredAsync(1, 0);
    }

    [Test]
    public async Task RaiseWebhook_EveryForm_StoresIt()
    {
        await using var shop = Open();
        var when = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var json = (JsonTypeInfo<InvoicePaid>)JsonSerializerOptions.Web.GetTypeInfo(typeof(InvoicePaid));
        var id = Guid.NewGuid();
        string[] ids =
        [
            shop.RaiseWebhook("order.created", new { id = 1 }, new PublishOptions { TenantId = "t", EventId = "own", OccurredAt = when }),
            shop.RaiseWebhook("invoice.paid", new InvoicePaid(id), json),
            shop.RaiseWebhook(new InvoicePaid(id)),
            shop.RaiseWebhook(new WebhookEvent { Type = "order.created", Data = "[1]"u8.ToArray() }),
            shop.RaiseWebhookJson("order.created", "[ 2 ]"u8.ToArray()),
        ];
        await shop.SaveChangesAsync();

        Assert.That(ids, Is.Unique);
        var own = await Harness.Deliveries.GetEventAsync("t", "own");
        Assert.That((ids[0], own!.OccurredAt), Is.EqualTo(("own", when)));
        List<string> data = [];
        foreach (var other in ids.Skip(1)) data.Add(Encoding.UTF8.GetString((await Harness.Deliveries.GetEventAsync(null, other))!.Data.Span));
        Assert.That(data, Is.EqualTo(new[] { $$"""{"id":"{{id}}"}""", $$"""{"id":"{{id}}"}""", "[1]", "[ 2 ]" }));
    }

    [Test]
    public async Task RaiseWebhook_DifferentOptions_AreKept()
    {
        await using var shop = Open();
        shop.RaiseWebhook("order.created", 1, new PublishOptions { EventId = "a", TimeToLive = TimeSpan.FromHours(1) });
        shop.RaiseWebhook("order.created", 2, new PublishOptions { EventId = "b" });
        shop.RaiseWebhook("order.created", 3, new PublishOptions { EventId = "c", SubscriptionIds = [] });
        await shop.SaveChangesAsync();

        Assert.That((await DeliveriesAsync("a")).Single().ExpiresAt, Is.EqualTo(Harness.Clock.GetUtcNow() + TimeSpan.FromHours(1)));
        Assert.That((await DeliveriesAsync("b")).Single().ExpiresAt, Is.Null);
        Assert.That(await DeliveriesAsync("c"), Is.Empty);
        await AssertStoredAsync(0, 3);
    }

    [Test]
    public async Task RaiseWebhook_Refused_ThrowsAtOnce()
    {
        await using var shop = Open();
        Assert.That(() => shop.RaiseWebhook("order.craeted", 1), Throws.InstanceOf<WebhookValidationException>().With.Message.Contains("order.created"));
        Assert.That(() => shop.RaiseWebhook("order.created", double.NaN), Throws.InstanceOf<WebhookValidationException>());
        Assert.That(() => shop.RaiseWebhook("order.created", 1, new PublishOptions { TimeToLive = TimeSpan.Zero }), Throws.InstanceOf<WebhookValidationException>());
        Assert.That(() => shop.RaiseWebhook(new Order { Name = "a" }, "order.craeted", o => o.Number), Throws.InstanceOf<WebhookValidationException>());
        await using var transaction = await shop.Database.BeginTransactionAsync();
        var own = Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(transaction);
        Assert.That(
            () => shop.RaiseWebhook("order.created", 1, new PublishOptions { Transaction = own }),
            Throws.InstanceOf<WebhookValidationException>().With.Message.Contains("transaction of its DbContext"));
        await shop.SaveChangesAsync();
        await AssertStoredAsync(0, 0);
    }

    [Test]
    public async Task RaiseWebhook_DataChangedAfterwards_IsAsItWas()
    {
        await using var shop = Open();
        var order = new Order { Name = "before" };
        var id = shop.RaiseWebhook("order.created", order);
        order.Name = "after";
        await shop.SaveChangesAsync();
        Assert.That(Encoding.UTF8.GetString((await Harness.Deliveries.GetEventAsync(null, id))!.Data.Span), Does.Contain("before"));
    }

    [Test]
    public async Task RaiseWebhook_KeyMadeByTheDatabase_IsInTheData([Values] bool isAsync, [Values] bool accept)
    {
        await using var shop = Open();
        var order = new Order { Name = "a" };
        shop.Orders.Add(order);
        var id = shop.RaiseWebhook(order, "order.created", o => new { o.Number, o.Name });
        await SaveAsync(shop, isAsync, accept);
        Assert.That(Encoding.UTF8.GetString((await Harness.Deliveries.GetEventAsync(null, id))!.Data.Span), Is.EqualTo("""{"number":1000,"name":"a"}"""));
    }

    [Test]
    public async Task SuppressPublishing_WhenRaisedOrSaved_StoresRowsOnly()
    {
        await using var shop = Open();
        shop.Orders.Add(new Order { Name = "a" });
        using (Harness.Publisher.SuppressPublishing()) shop.RaiseWebhook("order.created", 1);
        await shop.SaveChangesAsync();

        shop.Orders.Add(new Order { Name = "b" });
        shop.RaiseWebhook("order.created", 2);
        using (Harness.Publisher.SuppressPublishing()) await shop.SaveChangesAsync();
        await shop.SaveChangesAsync();

        await AssertStoredAsync(2, 0);
    }

    [Test]
    public async Task SaveChanges_OnASingleThreadedContext_DoesNotWaitForItself()
    {
        await using var shop = Open();
        shop.RaiseWebhook("order.created", 1);
        var saving = Task.Run(() =>
        {
            // Never runs what is posted to it, as a user interface does not while it waits.
            SynchronizationContext.SetSynchronizationContext(new BusyContext());
            shop.SaveChanges();
        });
        await saving.WaitAsync(TimeSpan.FromSeconds(30));
        await AssertStoredAsync(0, 1);
    }

    private async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(string eventId) =>
        (await Harness.Deliveries.ListAsync(new DeliveryQuery { EventId = eventId })).Items;

    private sealed class BusyContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
