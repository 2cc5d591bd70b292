using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WebhookKit;
using WebhookKit.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps webhooks in a SQLite file.</summary>
public static class SqliteWebhooksBuilderExtensions
{
    /// <summary>
    /// Keeps everything in a SQLite file instead of in memory. Its tables, whose names begin with <c>webhook_</c>, are made and migrated
    /// when the host starts. Several processes on one machine can share the file; it must not lie on a network drive.
    /// </summary>
    /// <remarks>
    /// The host chooses the native library: reference Microsoft.Data.Sqlite, or SQLitePCLRaw.bundle_e_sqlite3 or another bundle, with
    /// SQLite 3.35 or newer.
    /// </remarks>
    /// <param name="builder">The webhooks.</param>
    /// <param name="connectionString">Such as <c>Data Source=webhooks.db</c>.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The builder.</returns>
    public static IWebhooksBuilder UseSqlite(this IWebhooksBuilder builder, string connectionString, Action<SqliteStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        builder.Services.AddOptions<SqliteStoreOptions>()
            .Configure(options =>
            {
                options.ConnectionString = connectionString;
                configure?.Invoke(options);
            })
            .ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteStoreOptions>, SqliteStoreOptionsValidator>());
        return builder.UseStore(static services => new SqliteWebhookStore(
            services.GetRequiredService<IOptions<SqliteStoreOptions>>().Value, services.GetRequiredService<TimeProvider>()));
    }
}
