using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Tests.EntityFrameworkCore;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task EntityFramework_SetUp_TakesEvents()
    {
        var services = new ServiceCollection();
        const string connectionString = "Host=localhost";

        // snippet: ef-setup
        services.AddDbContext<ShopContext>(options => options.UseNpgsql(connectionString));
        services.AddWebhooks()
            .AddEventType("order.created", "Fires when an order comes in.")
            .UsePostgreSql(connectionString)
            .UseDbContext<ShopContext>();
        // end snippet

        await using var provider = services.BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var shop = scope.ServiceProvider.GetRequiredService<ShopContext>();
        Assert.That(shop.RaiseWebhook("order.created", 1), Does.StartWith("msg_"));
    }

    /// <summary>Compiled only: <see cref="SaveChangesTests"/> runs the like of it.</summary>
    internal static async Task RaiseAsync(ShopContext shop, Order order)
    {
        // snippet: ef-raise
        shop.Orders.Add(order);
        shop.RaiseWebhook("order.created", new { id = order.Id, name = order.Name });
        await shop.SaveChangesAsync();
        // end snippet
    }

    /// <summary>Compiled only: <see cref="SaveChangesTests"/> runs the like of it.</summary>
    internal static void RaiseLate(ShopContext shop, Order order)
    {
        // snippet: ef-raise-late
        shop.RaiseWebhook(order, "order.created", saved => new { number = saved.Number, name = saved.Name });
        // end snippet
    }

    [Test]
    public void EntityFramework_Entity_CollectsItsEvents()
    {
        var invoice = new Invoice();
        invoice.Pay();
        Assert.That(invoice.RaisedWebhooks.Select(r => r.EventType), Is.EqualTo(new[] { "invoice.paid" }));
    }

    // snippet: ef-entity
    public sealed class Invoice : IHasWebhookEvents
    {
        public Guid Id { get; set; } = Guid.NewGuid();

        public bool IsPaid { get; set; }

        public RaisedWebhookCollection RaisedWebhooks { get; } = new();

        public void Pay()
        {
            IsPaid = true;
            RaisedWebhooks.Raise("invoice.paid", new { id = Id });
        }
    }
    // end snippet
}
