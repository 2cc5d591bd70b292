using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using WebhookKit;
using WebhookKit.PostgreSql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps webhooks in PostgreSQL.</summary>
public static class PostgreSqlWebhooksBuilderExtensions
{
    /// <summary>
    /// Keeps everything in a PostgreSQL database (13 or newer), in a schema of its own, whose tables are made and migrated when the host starts.
    /// Any number of processes share the work.
    /// </summary>
    /// <param name="builder">The webhooks.</param>
    /// <param name="connectionString">Such as <c>Host=db;Database=app;Username=app;Password=…</c>.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The builder.</returns>
    public static IWebhooksBuilder UsePostgreSql(this IWebhooksBuilder builder, string connectionString, Action<PostgreSqlStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        return builder.UsePostgreSql((options, _) => options.ConnectionString = connectionString, configure);
    }

    /// <summary>Does the same on the host's own data source, which the host disposes.</summary>
    /// <param name="builder">The webhooks.</param>
    /// <param name="dataSource">The data source.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The builder.</returns>
    public static IWebhooksBuilder UsePostgreSql(this IWebhooksBuilder builder, NpgsqlDataSource dataSource, Action<PostgreSqlStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        return builder.UsePostgreSql((options, _) => options.DataSource = dataSource, configure);
    }

    /// <summary>Does the same on the data source that the host has registered as a service.</summary>
    /// <param name="builder">The webhooks.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The builder.</returns>
    public static IWebhooksBuilder UsePostgreSql(this IWebhooksBuilder builder, Action<PostgreSqlStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UsePostgreSql((options, services) => options.DataSource = services.GetRequiredService<NpgsqlDataSource>(), configure);
    }

    private static IWebhooksBuilder UsePostgreSql(
        this IWebhooksBuilder builder, Action<PostgreSqlStoreOptions, IServiceProvider> connect, Action<PostgreSqlStoreOptions>? configure)
    {
        builder.Services.AddOptions<PostgreSqlStoreOptions>()
            .Configure<IServiceProvider>((options, services) =>
            {
                connect(options, services);
                configure?.Invoke(options);
            })
            .ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlStoreOptions>, PostgreSqlStoreOptionsValidator>());
        return builder.UseStore(static services => new PostgreSqlWebhookStore(
            services.GetRequiredService<IOptions<PostgreSqlStoreOptions>>().Value, services.GetRequiredService<TimeProvider>()));
    }
}
