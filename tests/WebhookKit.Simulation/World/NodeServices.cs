using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Publishing;

namespace WebhookKit.Simulation.World;

/// <summary>What a host would set up: the engine as it is, but for the clock, the chance, the network and the database.</summary>
internal static class NodeServices
{
    public static ServiceProvider Build(SimWorld world, SimNode node)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(node.Clock);
        services.AddSingleton(new RandomSource(new Random(world.Random.Next())));
        var webhooks = services.AddWebhooks(o =>
        {
            world.Plan.Configure(o);
            o.NodeId = node.Name;
        });
        webhooks.AddProfile(world.Plan.Profile);
        webhooks.UseStore(_ => new SimStore(world, node));
        webhooks.HttpClient.SetHandlerLifetime(Timeout.InfiniteTimeSpan).ConfigurePrimaryHttpMessageHandler(() => new SimHandler(world, node));
        webhooks.HttpClient.RemoveAllLoggers();
        return services.BuildServiceProvider();
    }
}
