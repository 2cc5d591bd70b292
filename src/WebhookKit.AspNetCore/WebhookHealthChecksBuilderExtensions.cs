using Microsoft.Extensions.Diagnostics.HealthChecks;
using WebhookKit;
using WebhookKit.AspNetCore.Health;
using WebhookKit.Diagnostics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health check of webhooks.</summary>
public static class WebhookHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a health check of this node's webhooks. Unhealthy (or what <paramref name="failureStatus"/> says): the store cannot be used, or this
    /// node should deliver and does not. Degraded: deliveries are overdue, or the store has not been looked through for long. The data
    /// tell the node, its partitions, and the times.
    /// </summary>
    /// <remarks>
    /// It costs the store one read by key. Do not restart a node because its store is away: let a check for readiness have it, not one for
    /// liveness.
    /// </remarks>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">Its name.</param>
    /// <param name="failureStatus">What is reported in place of unhealthy.</param>
    /// <param name="tags">Its tags, by which endpoints choose.</param>
    /// <param name="timeout">After how long it is given up; <see langword="null"/> for never.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The host's health checks.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static IHealthChecksBuilder AddWebhooks(
        this IHealthChecksBuilder builder,
        string name = "webhooks",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null,
        Action<WebhookHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new WebhookHealthOptions();
        configure?.Invoke(options);
        if (options.MaxOverdue < TimeSpan.FromSeconds(1) || options.MaxOverdue > TimeSpan.FromDays(1))
            throw new ArgumentOutOfRangeException(nameof(configure), options.MaxOverdue, "WebhookHealthOptions.MaxOverdue is out of range. Use 1 second to a day.");
        return builder.Add(new HealthCheckRegistration(name, services => new WebhookHealthCheck(FindHealth(services), options), failureStatus, tags, timeout));
    }

    private static EngineHealth FindHealth(IServiceProvider services) => services.GetService<EngineHealth>()
        ?? throw new InvalidOperationException("There are no webhooks whose health could be checked. Call services.AddWebhooks() too.");
}
