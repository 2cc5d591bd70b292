using Microsoft.EntityFrameworkCore;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>Names its provider in <c>OnConfiguring</c>, after everything else.</summary>
internal sealed class OwnProviderContext(DbContextOptions options, string connectionString) : DbContext(options)
{
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql(connectionString);
}
