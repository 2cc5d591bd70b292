using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WebhookKit;
using WebhookKit.DependencyInjection;
using WebhookKit.Diagnostics;
using WebhookKit.Dispatching;
using WebhookKit.Management;
using WebhookKit.Matching;
using WebhookKit.Profiles;
using WebhookKit.Publishing;
using WebhookKit.Sending;
using WebhookKit.Sending.Guarding;
using WebhookKit.Statistics;
using WebhookKit.Storage;
using InMemoryWebhookStore = WebhookKit.Storage.InMemory.InMemoryWebhookStore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds webhooks to a host.</summary>
public static class WebhookServiceCollectionExtensions
{
    /// <summary>
    /// Adds everything that sending webhooks needs: <see cref="IWebhookPublisher"/>, <see cref="IWebhookSubscriptions"/>,
    /// <see cref="IWebhookDeliveries"/>, and a hosted service that delivers. Everything is kept in memory until a store is set.
    /// Calling it again adds to the same webhooks.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>A builder for event types, profiles, subscriptions and plugs.</returns>
    public static IWebhooksBuilder AddWebhooks(this IServiceCollection services, Action<WebhookOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<WebhookOptions>().ValidateOnStart();
        if (configure is not null) services.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>());
        services.TryAddSingleton(p => p.GetRequiredService<IOptions<WebhookOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddMetrics();

        services
            .AddSeams()
            .AddPublishing()
            .AddMatching()
            .AddDispatching()
            .AddSending()
            .AddManagement();
        return new WebhooksBuilder(services, HttpClientSetup.Add(services));
    }

    /// <summary>What a host may replace.</summary>
    private static IServiceCollection AddSeams(this IServiceCollection services)
    {
        services.TryAddSingleton<IDeliveryScheduler, FairScheduler>();
        services.TryAddSingleton<IWebhookStore>(p => new InMemoryWebhookStore(
            p.GetRequiredService<IOptions<InMemoryStoreOptions>>().Value, p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ISubscriptionStore>(p => p.GetService<ISecretProtector>() is { } protector
            ? new ProtectedSubscriptions(p.GetRequiredService<IWebhookStore>(), protector, p.GetRequiredService<SafeLogger<ProtectedSubscriptions>>())
            : p.GetRequiredService<IWebhookStore>());
        services.TryAddSingleton<IDeliveryQueue>(p => p.GetRequiredService<IWebhookStore>());
        services.TryAddSingleton<IDeliveryHistory>(p => p.GetRequiredService<IWebhookStore>());
        services.TryAddSingleton<IDeliveryStatistics>(p => p.GetRequiredService<IWebhookStore>());
        services.TryAddSingleton(p => p.GetRequiredService<IWebhookStore>() as IWakeUpChannel ?? new NoWakeUps());
        return services;
    }

    private static IServiceCollection AddPublishing(this IServiceCollection services)
    {
        services.TryAddSingleton(_ => RandomSource.CreateUnpredictable());
        services.TryAddSingleton<IdSource>();
        services.TryAddSingleton(p => new EventTypeCatalog(
            p.GetServices<WebhookEventType>(), p.GetRequiredService<WebhookOptions>().AllowUnknownEventTypes));
        services.TryAddSingleton<EventSerializer>();
        services.TryAddSingleton<EventValidator>();
        services.TryAddSingleton<EventMatcher>();
        services.TryAddSingleton<EventWriter>();
        services.TryAddSingleton<PublishSuppression>();
        services.TryAddSingleton<WebhookPublisher>();
        services.TryAddSingleton<IWebhookPublisher>(p => p.GetRequiredService<WebhookPublisher>());
        services.TryAddSingleton<IWebhookEventFactory>(p => p.GetRequiredService<WebhookPublisher>());
        return services;
    }

    private static IServiceCollection AddMatching(this IServiceCollection services)
    {
        services.TryAddSingleton<ProfileRegistry>();
        services.TryAddSingleton<SubscriptionModelFactory>();
        services.TryAddSingleton<ISubscriptionListener, LaneUpdater>();
        services.TryAddSingleton<KnownSubscriptions>();
        services.TryAddSingleton<SubscriptionCache>();
        return services;
    }

    private static IServiceCollection AddDispatching(this IServiceCollection services)
    {
        services.TryAddSingleton(typeof(SafeLogger<>));
        services.TryAddSingleton<NodeIdentity>();
        services.TryAddSingleton<OwnedPartitions>();
        services.TryAddSingleton<PartitionOwner>();
        services.TryAddSingleton<FailingTable>();
        services.TryAddSingleton(p => new BufferBudget(p.GetRequiredService<WebhookOptions>().MaxBufferedBytes));
        services.TryAddSingleton<EventPool>();
        services.TryAddSingleton<LaneTable>();
        services.TryAddSingleton<LaneTurns>();
        services.TryAddSingleton<LaneReader>();
        services.TryAddSingleton<WakeSender>();
        services.TryAddSingleton<Handover>();
        services.TryAddSingleton<Sweeper>();
        services.TryAddSingleton<WokenLanes>();
        services.TryAddSingleton<WakeListener>();
        services.TryAddSingleton<Workload>();
        services.TryAddSingleton<TurnTaker>();
        services.TryAddSingleton<DeliveryPipeline>();
        services.TryAddSingleton<HealthReader>();
        services.TryAddSingleton<Settler>();
        services.TryAddSingleton<Messenger>();
        services.TryAddSingleton<WebhookMetrics>();
        services.TryAddSingleton<DepthSampler>();
        services.TryAddSingleton<HistoryPurger>();
        services.TryAddSingleton<AttemptCounters>();
        services.TryAddSingleton(p => new StatisticsWriter(
            p.GetRequiredService<AttemptCounters>(), p.GetRequiredService<IDeliveryStatistics>(), p.GetRequiredService<SafeLogger<StatisticsWriter>>()));
        services.TryAddSingleton<TransactionWatch>();
        services.TryAddSingleton<IWebhookTransactions>(p => p.GetRequiredService<TransactionWatch>());
        services.TryAddSingleton<EngineStart>();
        services.TryAddSingleton<EngineHealth>();
        services.TryAddSingleton<Dispatcher>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DispatcherService>());
        return services;
    }

    private static IServiceCollection AddSending(this IServiceCollection services)
    {
        services.TryAddSingleton(p => new EndpointGuard(p.GetRequiredService<WebhookOptions>().Guard));
        services.TryAddSingleton<ClientNames>();
        services.TryAddSingleton<IHostResolver, DnsResolver>();
        services.TryAddSingleton<GuardedConnector>();
        services.TryAddSingleton<OpenHandlers>();
        services.TryAddSingleton<HttpSender>();
        services.TryAddSingleton<AttemptSender>();
        return services;
    }

    private static IServiceCollection AddManagement(this IServiceCollection services)
    {
        services.TryAddSingleton<SubscriptionDraft>();
        services.TryAddSingleton<SubscriptionValidator>();
        services.TryAddSingleton<DeclaredSubscriptions>();
        services.TryAddSingleton<TestSender>();
        services.TryAddSingleton<EndpointHandshake>();
        services.TryAddSingleton<IWebhookSubscriptions, WebhookSubscriptions>();
        services.TryAddSingleton<IWebhookCatalog, WebhookCatalog>();
        services.TryAddSingleton<IWebhookDeliveries, WebhookDeliveries>();
        services.TryAddSingleton<IWebhookStatistics, StatisticsReader>();
        return services;
    }
}
