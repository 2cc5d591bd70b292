using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.EntityFrameworkCore.Saving;

namespace WebhookKit.EntityFrameworkCore.Setup;

/// <summary>Says that events may be raised on a context, and which engine takes them.</summary>
internal sealed class WebhooksOptionsExtension(IServiceProvider? services) : IDbContextOptionsExtension
{
    public IServiceProvider? Services => services;

    public DbContextOptionsExtensionInfo Info => new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        services.AddScoped<WebhookServices>();
        services.AddScoped<PendingWebhooks>();
        services.AddScoped<IResettableService>(p => p.GetRequiredService<PendingWebhooks>());
        services.AddScoped<EventStorer>();
        services.AddScoped<IInterceptor, SavingInterceptor>();
    }

    public void Validate(IDbContextOptions options)
    {
        // Without a provider it is to come with OnConfiguring, or EF Core says that it is missing.
        if (options.Extensions.FirstOrDefault(e => e.Info.IsDatabaseProvider) is null or RelationalOptionsExtension) return;
        throw new InvalidOperationException("UseWebhooks stores events in the transaction of the rows, which only relational providers have. Use one, or leave UseWebhooks out.");
    }

    /// <summary>Contexts that differ only in the host's services share EF Core's own.</summary>
    private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using Webhooks ";

        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["Webhooks"] = "1";
    }
}
