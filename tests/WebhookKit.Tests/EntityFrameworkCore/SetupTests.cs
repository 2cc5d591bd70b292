using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>The ways in which a context is set up, or is not.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SetupTests : ShopFixture
{
    [Test]
    public async Task RaiseWebhook_ContextNotSetUp_SaysWhatToAdd()
    {
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(ConnectionString).Options);
        Assert.That(
            () => shop.RaiseWebhook("order.created", 1),
            Throws.InvalidOperationException.With.Message.Contains("services.AddWebhooks().UseDbContext<ShopContext>()"));
    }

    [Test]
    public async Task RaiseWebhook_NoServices_SaysWhatToPass()
    {
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(ConnectionString).UseWebhooks().Options);
        Assert.That(() => shop.RaiseWebhook("order.created", 1), Throws.InvalidOperationException.With.Message.Contains("options.UseWebhooks(services)"));
    }

    [Test]
    public async Task RaiseWebhook_ServicesWithoutWebhooks_SaysWhatToAdd()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(ConnectionString).UseWebhooks(services).Options);
        Assert.That(() => shop.RaiseWebhook("order.created", 1), Throws.InvalidOperationException.With.Message.Contains("services.AddWebhooks()"));
    }

    [Test]
    public async Task SaveChanges_SetUpButNothingRaised_NeedsNoServices()
    {
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(ConnectionString).UseWebhooks().Options);
        shop.Orders.Add(new Order { Name = "a" });
        await using (var transaction = await shop.Database.BeginTransactionAsync())
        {
            await shop.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await AssertStoredAsync(1, 0);
    }

    [Test]
    public async Task UseWebhooks_InAddDbContext_FindsTheHostsServices()
    {
        var services = new ServiceCollection();
        services.AddSingleton(Harness.Services.GetRequiredService<IWebhookEventFactory>());
        services.AddSingleton(Harness.Services.GetRequiredService<IWebhookTransactions>());
        services.AddSingleton(Harness.Publisher);
        services.AddDbContext<ShopContext>(options => options.UseNpgsql(ConnectionString).UseWebhooks());
        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var shop = scope.ServiceProvider.GetRequiredService<ShopContext>();
        shop.RaiseWebhook("order.created", 1);
        await shop.SaveChangesAsync();
        await AssertStoredAsync(0, 1);
    }

    [Test]
    public void UseWebhooks_ProviderNotRelational_IsRefused()
    {
        var builder = new DbContextOptionsBuilder<ShopContext>().UseWebhooks(Harness.Services);
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new OtherProvider());
        Assert.That(() => new ShopContext(builder.Options), Throws.InvalidOperationException.With.Message.Contains("relational providers"));
    }

    [Test]
    public async Task UseWebhooks_ProviderSetByTheContextItself_IsTaken()
    {
        await using var shop = new OwnProviderContext(new DbContextOptionsBuilder().UseWebhooks(Harness.Services).Options, ConnectionString);
        shop.RaiseWebhook("order.created", 1);
        await shop.SaveChangesAsync();
        await AssertStoredAsync(0, 1);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Pool_ContextReturned_TakesNothingAlong(bool byFactory)
    {
        await using var services = Build((s, configure) =>
        {
            if (byFactory) s.AddPooledDbContextFactory<ShopContext>(configure, poolSize: 1);
            else s.AddDbContextPool<ShopContext>(configure, poolSize: 1);
        });
        ShopContext first;
        await using (var lease = await LeaseAsync(services, byFactory))
        {
            first = lease.Shop;
            await using var transaction = await first.Database.BeginTransactionAsync();
            first.RaiseWebhook("order.created", 1);
        }

        await using (var lease = await LeaseAsync(services, byFactory))
        {
            Assert.That(lease.Shop, Is.SameAs(first), "it is pooled");
            lease.Shop.Orders.Add(new Order { Name = "a" });
            await lease.Shop.SaveChangesAsync();
            await AssertStoredAsync(1, 0);
            lease.Shop.RaiseWebhook("order.created", 2);
            await lease.Shop.SaveChangesAsync();
            await AssertStoredAsync(1, 1);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task UseDbContext_BeforeOrAfterAddDbContext_SetsUp(bool before)
    {
        await using var services = Build((s, configure) => s.AddDbContextFactory<ShopContext>(configure), before);
        await using var shop = services.GetRequiredService<IDbContextFactory<ShopContext>>().CreateDbContext();
        shop.RaiseWebhook("order.created", 1);
        await shop.SaveChangesAsync();
        await AssertStoredAsync(0, 1);
    }

    private ServiceProvider Build(Action<IServiceCollection, Action<DbContextOptionsBuilder>> register, bool before = true)
    {
        var services = new ServiceCollection();
        if (before) register(services, Configure);
        services.AddWebhooks(options => options.Dispatch = false)
            .AddEventType("order.created", "An order came in.")
            .UsePostgreSql(Schema.ConnectionString, options => options.Schema = Schema.Name)
            .UseDbContext<ShopContext>();
        if (!before) register(services, Configure);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static async Task<Lease> LeaseAsync(IServiceProvider services, bool byFactory)
    {
        if (byFactory)
        {
            var made = await services.GetRequiredService<IDbContextFactory<ShopContext>>().CreateDbContextAsync();
            return new Lease(made, made);
        }

        var scope = services.CreateAsyncScope();
        return new Lease(scope.ServiceProvider.GetRequiredService<ShopContext>(), scope);
    }

    private sealed record Lease(ShopContext Shop, IAsyncDisposable Holder) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Holder.DisposeAsync();
    }
}
