using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using WebhookKit;
using WebhookKit.EntityFrameworkCore.Saving;
using WebhookKit.EntityFrameworkCore.Setup;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Sets a context up for events.</summary>
public static class WebhooksDbContextOptionsBuilderExtensions
{
    /// <summary>
    /// Lets events be raised on the context (<see cref="DbContextWebhookExtensions"/>, <see cref="IHasWebhookEvents"/>). Needed only for contexts that are
    /// made by hand; for those of the host's container there is <c>services.AddWebhooks().UseDbContext&lt;TContext&gt;()</c>.
    /// </summary>
    /// <param name="builder">The context's options, with a relational provider.</param>
    /// <param name="services">
    /// The host's services, to which webhooks have been added; <see langword="null"/> takes those that EF Core knows, as it does in <c>AddDbContext</c>.
    /// </param>
    /// <returns>The options.</returns>
    public static DbContextOptionsBuilder UseWebhooks(this DbContextOptionsBuilder builder, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new WebhooksOptionsExtension(services));
#pragma warning disable EF1001 // As in WebhookChangeTracker.
        builder.ReplaceService<IChangeTrackerFactory, WebhookChangeTrackerFactory>();
#pragma warning restore EF1001
        return builder.ReplaceService<IDatabase, WebhookDatabase>();
    }

    /// <inheritdoc cref="UseWebhooks(DbContextOptionsBuilder, IServiceProvider?)"/>
    /// <typeparam name="TContext">The context's type.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseWebhooks<TContext>(this DbContextOptionsBuilder<TContext> builder, IServiceProvider? services = null)
        where TContext : DbContext
    {
        UseWebhooks((DbContextOptionsBuilder)builder, services);
        return builder;
    }
}
