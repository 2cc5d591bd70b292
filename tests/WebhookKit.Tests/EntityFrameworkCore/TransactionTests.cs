using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NUnit.Framework;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>Events that are saved in a transaction of the host's.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TransactionTests : ShopFixture
{
    [Test]
    public async Task Commit_SeveralSavings_StoresAll([Values] bool isAsync, [Values] bool accept)
    {
        await using var shop = Open();
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            AddWithEvent(shop, "a");
            await SaveAsync(shop, isAsync, accept);
            if (!accept) shop.ChangeTracker.AcceptAllChanges();
            AddWithEvent(shop, "b");
            await SaveAsync(shop, isAsync, accept);
            if (!accept) shop.ChangeTracker.AcceptAllChanges();
            shop.RaiseWebhook("order.created", "no row");
            await SaveAsync(shop, isAsync, accept);
            await AssertStoredAsync(0, 0);
            await transaction.CommitAsync();
        }

        await AssertStoredAsync(2, 3);
        await SaveAsync(shop);
        await AssertStoredAsync(2, 3);
    }

    [Test]
    public async Task Rollback_AfterSaving_StoresNothingNowOrLater([Values] bool isAsync, [Values] bool isExplicit, [Values] bool raisedBefore)
    {
        await using var shop = Open();
        if (raisedBefore) AddWithEvent(shop, "a");
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            if (!raisedBefore) AddWithEvent(shop, "a");
            await SaveAsync(shop, isAsync);
            if (isExplicit) await transaction.RollbackAsync();
        }

        // EF Core takes the row for saved.
        await AssertStoredAsync(0, 0);
        shop.Orders.Add(new Order { Name = "b" });
        await SaveAsync(shop, isAsync);
        await AssertStoredAsync(1, 0);
    }

    [Test]
    public async Task Rollback_ChangesNotAccepted_SavesThemAgainWithTheirEvents([Values] bool isAsync, [Values] bool isExplicit)
    {
        await using var shop = Open();
        AddWithEvent(shop, "a");
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            await SaveAsync(shop, isAsync, accept: false);
            if (isExplicit) await transaction.RollbackAsync();
        }

        await AssertStoredAsync(0, 0);
        await SaveAsync(shop, isAsync);
        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task Rollback_RaisedWithinAndNotSaved_IsForgotten([Values] bool isExplicit)
    {
        await using var shop = Open();
        shop.RaiseWebhook("order.created", "before");
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            shop.RaiseWebhook("order.created", "within");
            if (isExplicit) await transaction.RollbackAsync();
        }

        shop.RaiseWebhook("order.created", "after");
        await shop.SaveChangesAsync();
        await AssertStoredAsync(0, 2);
    }

    [Test]
    public async Task Commit_RaisedWithinAndNotSaved_WaitsForTheNextSaving()
    {
        await using var shop = Open();
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            shop.RaiseWebhook("order.created", 1);
            await transaction.CommitAsync();
        }

        await AssertStoredAsync(0, 0);
        await shop.SaveChangesAsync();
        await AssertStoredAsync(0, 1);
    }

    [Test]
    public async Task SaveChanges_FailsInATransaction_LeavesWhatWasSavedBefore([Values] bool isAsync, [Values] bool rowsFail)
    {
        await using var shop = Open();
        await using var transaction = await shop.Database.BeginTransactionAsync();
        AddWithEvent(shop, "a");
        await SaveAsync(shop, isAsync);

        shop.Orders.Add(new Order { Name = rowsFail ? "a" : "b" });
        shop.RaiseWebhook("order.created", 2, rowsFail ? null : new PublishOptions { SubscriptionIds = ["nobody"] });
        if (rowsFail) await Assert.ThrowsAsync<DbUpdateException>(() => SaveAsync(shop, isAsync));
        else await Assert.ThrowsAsync<WebhookValidationException>(() => SaveAsync(shop, isAsync));
        await transaction.CommitAsync();

        await AssertStoredAsync(1, 1);
    }

    [Test]
    public async Task RollbackToSavepoint_AfterSaving_TakesItsEventsAway([Values] bool isAsync, [Values] bool accept)
    {
        await using var shop = Open();
        await using var transaction = await shop.Database.BeginTransactionAsync();
        AddWithEvent(shop, "a");
        await SaveAsync(shop, isAsync);
        await transaction.CreateSavepointAsync("half");
        AddWithEvent(shop, "b");
        await SaveAsync(shop, isAsync, accept);
        await transaction.RollbackToSavepointAsync("half");
        await transaction.CommitAsync();
        await AssertStoredAsync(1, 1);

        // What was not accepted is still to be saved.
        await SaveAsync(shop, isAsync);
        await AssertStoredAsync(accept ? 1 : 2, accept ? 1 : 2);
    }

    [Test]
    public async Task UseTransaction_OfTheHost_StoresWithIt([Values] bool commits)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(connection).UseWebhooks(Harness.Services).Options);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await shop.Database.UseTransactionAsync(transaction);
            AddWithEvent(shop, "a");
            await shop.SaveChangesAsync();
            if (commits) await transaction.CommitAsync();
        }

        await shop.Database.UseTransactionAsync(null);
        await AssertStoredAsync(commits ? 1 : 0, commits ? 1 : 0);
        await shop.SaveChangesAsync();
        await AssertStoredAsync(commits ? 1 : 0, commits ? 1 : 0);
    }

    [Test]
    public async Task UseTransaction_RaisedWithinAndCommittedUnseen_WaitsForTheNextSaving()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(connection).UseWebhooks(Harness.Services).Options);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await shop.Database.UseTransactionAsync(transaction);
            shop.RaiseWebhook("order.created", 1);
            await transaction.CommitAsync();
        }

        // EF Core has not seen the end: losing the event would be worse than storing it.
        await shop.Database.UseTransactionAsync(null);
        await shop.SaveChangesAsync();
        await AssertStoredAsync(0, 1);
    }

    [Test]
    public async Task TransactionScope_WithEvents_IsRefused([Values] bool isAsync, [Values] bool hasRows)
    {
        await using var shop = Open();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            if (hasRows) shop.Orders.Add(new Order { Name = "a" });
            shop.RaiseWebhook("order.created", 1);
            var refusal = await Assert.ThrowsAsync<WebhookConflictException>(() => SaveAsync(shop, isAsync));
            Assert.That(refusal!.Message, Does.Contain("Database.BeginTransaction"));
            scope.Complete();
        }

        await AssertStoredAsync(0, 0);
    }

    [Test]
    public async Task EnlistTransaction_WithEvents_IsRefused()
    {
        await using var shop = Open();
        using var transaction = new CommittableTransaction();
        await shop.Database.OpenConnectionAsync();
        shop.Database.EnlistTransaction(transaction);
        AddWithEvent(shop, "a");
        await Assert.ThrowsAsync<WebhookConflictException>(() => shop.SaveChangesAsync());
        transaction.Rollback();
    }

    [Test]
    public async Task TransactionScope_WithoutEvents_IsLetBe()
    {
        await using var shop = Open();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            shop.Orders.Add(new Order { Name = "a" });
            await shop.SaveChangesAsync();
            scope.Complete();
        }

        await AssertStoredAsync(1, 0);
    }

    private static void AddWithEvent(ShopContext shop, string name)
    {
        shop.Orders.Add(new Order { Name = name });
        shop.RaiseWebhook("order.created", name);
    }
}
