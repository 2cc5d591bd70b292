using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WebhookKit.Publishing;

namespace WebhookKit.Simulation.World;

/// <summary>What a host would set up: the engine as it is, but for the clock, the chance, the network and the database.</summary>
/// <remarks>
/// Setting up a container takes longer than most runs. So there is one for all nodes of all runs, in which what is one for each host is one for each
/// scope, and a node is a scope.
/// </remarks>
internal static class NodeServices
{
    private static readonly ServiceProvider Root = Build();

    public static IServiceScope Create(SimNode node)
    {
        var scope = Root.CreateScope();
        scope.ServiceProvider.GetRequiredService<Place>().Node = node;
        return scope;
    }

    private static ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddScoped<Place>();
        services.AddSingleton<TimeProvider>(p => NodeOf(p).Clock);
        services.AddSingleton(p => new RandomSource(new Random(NodeOf(p).World.Random.Next())));
        services.AddSingleton(p => NodeOf(p).World.Plan.Profile);
        var webhooks = services.AddWebhooks();
        services.AddOptions<WebhookOptions>().Configure<Place>(static (options, place) => place.Node!.Configure(options));
        webhooks.UseStore(p => new SimStore(NodeOf(p).World, NodeOf(p)));
        webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler(p => new SimHandler(NodeOf(p).World, NodeOf(p)));
        services.Configure<HttpClientFactoryOptions>(HttpClientName, static options => options.SuppressHandlerScope = true);
        for (var i = 0; i < services.Count; i++) services[i] = AsScoped(services[i]);
        return services.BuildServiceProvider();
    }

    private static string HttpClientName => Sending.HttpSender.ClientName;

    private static SimNode NodeOf(IServiceProvider services) => services.GetRequiredService<Place>().Node!;

    private static ServiceDescriptor AsScoped(ServiceDescriptor service) =>
        service.Lifetime != ServiceLifetime.Singleton || service.IsKeyedService || service.ImplementationInstance is not null ? service
        : service.ImplementationFactory is { } factory ? new ServiceDescriptor(service.ServiceType, factory, ServiceLifetime.Scoped)
        : new ServiceDescriptor(service.ServiceType, service.ImplementationType!, ServiceLifetime.Scoped);

    /// <summary>Which node a scope is.</summary>
    private sealed class Place
    {
        public SimNode? Node { get; set; }
    }
}
