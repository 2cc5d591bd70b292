using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using WebhookKit.AspNetCore.Receiving;
using WebhookKit.Diagnostics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what receiving webhooks needs.</summary>
public static class WebhookReceiverServiceCollectionExtensions
{
    /// <summary>
    /// Adds what receivers of webhooks share: among it a hosted service that lets their handlers end when the host stops, within its shutdown
    /// time. Calling it again is harmless.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddWebhookReceivers(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(typeof(SafeLogger<>));
        services.TryAddSingleton<ReceiverSet>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReceiverService>());
        return services;
    }
}
