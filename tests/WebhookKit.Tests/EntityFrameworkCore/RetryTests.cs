using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>Under EnableRetryOnFailure: whatever breaks, an event is stored once if its rows are, and else not.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RetryTests : ShopFixture
{
    protected override void Configure(DbContextOptionsBuilder options) => options
        .UseNpgsql(ConnectionString, npgsql => npgsql.EnableRetryOnFailure(3, TimeSpan.FromMilliseconds(20), null))
        .AddInterceptors(Faults);

    [Test]
    public async Task SaveChanges_ConnectionBreaks_StoresBothOnce(
        [Values] bool isAsync, [Values] bool accept, [Values(Fault.BeforeRows, Fault.BeforeCommit, Fault.Terminated)] Fault fault)
    {
        await using var shop = Open();
        AddWithEvent(shop);
        Faults.Next = fault;

        await SaveAsync(shop, isAsync, accept);
        if (!accept) shop.ChangeTracker.AcceptAllChanges();
        await SaveAsync(shop, isAsync, accept);

        Assert.That(Faults.Injected, Is.EqualTo(1));
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task SaveChanges_ServerEndsTheConnectionWhileEventsAreWritten_StoresBothOnce([Values] bool isAsync)
    {
        // What came of going back to a savepoint on a dead connection hid the cause, and nothing was tried again.
        await ExecuteAsync(
            $"""
            CREATE SEQUENCE {Schema.Name}.deaths;
            CREATE FUNCTION {Schema.Name}.die_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF nextval('{Schema.Name}.deaths') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER die_once BEFORE INSERT ON {Schema.Name}.webhook_event FOR EACH ROW EXECUTE FUNCTION {Schema.Name}.die_once()
            """);
        await using var shop = Open();
        AddWithEvent(shop);

        await SaveAsync(shop, isAsync);

        Assert.That(await ScalarAsync<long>($"SELECT last_value FROM {Schema.Name}.deaths"), Is.EqualTo(2));
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task SaveChanges_AnswerLost_StoresBothOnce([Values] bool isAsync)
    {
        await using var shop = Open();
        AddWithEvent(shop);
        Faults.Next = Fault.AfterCommit;

        // EF Core writes the row again, which the database refuses.
        await Assert.ThrowsAsync<DbUpdateException>(() => SaveAsync(shop, isAsync));
        await AssertStoredAsync(1, 1);

        shop.ChangeTracker.Clear();
        await SaveAsync(shop, isAsync);
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task SaveChanges_EventsOnly_AreStoredOnce(
        [Values] bool isAsync, [Values(Fault.BeforeCommit, Fault.Terminated, Fault.AfterCommit)] Fault fault)
    {
        await using var shop = Open();
        shop.RaiseWebhook("order.created", 1);
        Faults.Next = fault;

        await SaveAsync(shop, isAsync);
        await SaveAsync(shop, isAsync);

        Assert.That(Faults.Injected, Is.EqualTo(1));
        await AssertStoredAsync(0, 1);
    }

    [Test]
    public async Task ExecuteAsync_FreshContextEachTime_StoresBothOnce([Values(Fault.BeforeRows, Fault.BeforeCommit, Fault.Terminated)] Fault fault)
    {
        Faults.Next = fault;
        await using var strategist = Open();
        await strategist.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var shop = Open();
            await using var transaction = await shop.Database.BeginTransactionAsync();
            AddWithEvent(shop);
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        });

        Assert.That(Faults.Injected, Is.EqualTo(1));
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task ExecuteAsync_AnswerLost_StoresBothOnce()
    {
        Faults.Next = Fault.AfterCommit;
        await using var strategist = Open();
        var id = Guid.NewGuid();

        // The second time, the database refuses the row, and the new event goes with it.
        await Assert.ThrowsAsync<DbUpdateException>(() => strategist.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var shop = Open();
            await using var transaction = await shop.Database.BeginTransactionAsync();
            shop.Orders.Add(new Order { Id = id, Name = "a" });
            shop.RaiseWebhook("order.created", "a");
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        }));

        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task ExecuteAsync_ClearedContext_StoresBothOnce([Values(Fault.BeforeRows, Fault.BeforeCommit, Fault.Terminated)] Fault fault)
    {
        Faults.Next = fault;
        await using var shop = Open();
        await shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            shop.ChangeTracker.Clear();
            AddWithEvent(shop);
            await using var transaction = await shop.Database.BeginTransactionAsync();
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        });

        await shop.SaveChangesAsync();
        Assert.That(Faults.Injected, Is.EqualTo(1));
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task ExecuteAsync_SameEntityAddedAndRaisedWithinEachTime_StoresBothOnce([Values(Fault.BeforeRows, Fault.BeforeCommit, Fault.Terminated)] Fault fault)
    {
        Faults.Next = fault;
        await using var shop = Open();
        var order = new Order { Name = "a" };
        await shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await shop.Database.BeginTransactionAsync();
            shop.Orders.Add(order);
            shop.RaiseWebhook(order, "order.created", o => o.Number);
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        });

        await shop.SaveChangesAsync();
        Assert.That(Faults.Injected, Is.EqualTo(1));
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task ExecuteAsync_SameEntityAddedEachTimeAndRaisedBefore_StoresBothOnce([Values(Fault.BeforeRows, Fault.BeforeCommit, Fault.Terminated)] Fault fault)
    {
        Faults.Next = fault;
        await using var shop = Open();
        var invoice = new Invoice();
        invoice.Pay();
        await SaveInTransactionAsync(shop, () => shop.Add(invoice));

        await shop.SaveChangesAsync();
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.\"Invoices\""), Is.EqualTo(1));
        await AssertRaisedOnceAsync(invoice);
    }

    [Test]
    public async Task ExecuteAsync_SameEntityRemovedEachTimeAndRaisedBefore_StoresBothOnce([Values(Fault.BeforeRows, Fault.BeforeCommit, Fault.Terminated)] Fault fault)
    {
        await using var shop = Open();
        var invoice = new Invoice();
        shop.Add(invoice);
        await shop.SaveChangesAsync();
        invoice.Pay();
        Faults.Next = fault;
        await SaveInTransactionAsync(shop, () => shop.Remove(invoice));

        await shop.SaveChangesAsync();
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.\"Invoices\""), Is.Zero);
        await AssertRaisedOnceAsync(invoice);
    }

    [Test]
    public async Task ExecuteInTransaction_RaisedBefore_StoresBothOnce(
        [Values] bool isAsync, [Values(Fault.BeforeRows, Fault.BeforeCommit, Fault.Terminated, Fault.AfterCommit)] Fault fault)
    {
        await using var shop = Open();
        AddWithEvent(shop);
        Faults.Next = fault;
        var strategy = shop.Database.CreateExecutionStrategy();
        if (isAsync)
        {
            await strategy.ExecuteInTransactionAsync(
                () => shop.SaveChangesAsync(acceptAllChangesOnSuccess: false), async () => await CountOrdersAsync() > 0);
        }
        else
        {
            strategy.ExecuteInTransaction(
                () => shop.SaveChanges(acceptAllChangesOnSuccess: false), () => CountOrdersAsync().GetAwaiter().GetResult() > 0);
        }

        shop.ChangeTracker.AcceptAllChanges();
        await shop.SaveChangesAsync();
        Assert.That(Faults.Injected, Is.EqualTo(1));
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task ExecuteAsync_WriteWithoutTracking_StoresBothOnce([Values(Fault.BeforeCommit, Fault.Terminated)] Fault fault)
    {
        Faults.Next = fault;
        await using var shop = Open();
        await shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await shop.Database.BeginTransactionAsync();
            await shop.Database.ExecuteSqlAsync($"INSERT INTO \"Orders\" (\"Id\", \"Name\") VALUES ({Guid.NewGuid()}, 'a')");
            shop.RaiseWebhook("order.created", 1);
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        });

        Assert.That(Faults.Injected, Is.EqualTo(1));
        await AssertStoredAsync(1, 1);
    }

    private static Task SaveInTransactionAsync(ShopContext shop, Action change) => shop.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
    {
        await using var transaction = await shop.Database.BeginTransactionAsync();
        change();
        await shop.SaveChangesAsync();
        await transaction.CommitAsync();
    });

    private async Task AssertRaisedOnceAsync(Invoice invoice)
    {
        Assert.That(Faults.Injected, Is.EqualTo(1));
        Assert.That(await CountEventsAsync(), Is.EqualTo(1));
        Assert.That(invoice.RaisedWebhooks, Is.Empty);
    }

    private static void AddWithEvent(ShopContext shop)
    {
        shop.Orders.Add(new Order { Name = "a" });
        shop.RaiseWebhook("order.created", "a");
    }
}
