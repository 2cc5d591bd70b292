using Microsoft.EntityFrameworkCore;
using WebhookKit;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets events be raised on Entity Framework Core's contexts.</summary>
public static class EntityFrameworkCoreWebhooksBuilderExtensions
{
    /// <summary>
    /// Lets events be raised on a context (<see cref="DbContextWebhookExtensions"/>, <see cref="IHasWebhookEvents"/>), and stores them in the transaction of
    /// its <c>SaveChanges</c>. The context is registered as ever, before or after: by <c>AddDbContext</c>, <c>AddDbContextPool</c> or
    /// <c>AddDbContextFactory</c>, on the database that the webhooks are kept in.
    /// </summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="builder">The webhooks.</param>
    /// <returns>The builder.</returns>
    public static IWebhooksBuilder UseDbContext<TContext>(this IWebhooksBuilder builder)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);

        // A singleton, since the options of pools and factories are; the services are those of whoever asks for a context.
        builder.Services.ConfigureDbContext<TContext>(static (services, options) => options.UseWebhooks(services), ServiceLifetime.Singleton);
        return builder;
    }
}
