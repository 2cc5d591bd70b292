using Microsoft.EntityFrameworkCore;

namespace WebhookKit.Tests.EntityFrameworkCore;

internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Invoice> Invoices => Set<Invoice>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().Property(o => o.Number).ValueGeneratedOnAdd();
        modelBuilder.Entity<Order>().HasIndex(o => o.Name).IsUnique();
    }
}
