using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebhookKit;

namespace Cluster.Nodes;

/// <summary>One process of the cluster: a worker that delivers, or a front end that only publishes.</summary>
internal static class Node
{
    private const int EventsPerSecond = 20;

    public static async Task<int> RunAsync(NodeSettings settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        ClusterWebhooks.Add(builder.Services, settings);
        using var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch (WebhookStoreException cause)
        {
            Console.Error.WriteLine($"{settings.Name}: {cause.Message}");
            return 2;
        }

        Console.WriteLine("ready");

        // The demonstration holds the other end: when that closes, however it came, the process ends.
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var parent = Task.Run(async () =>
        {
            await Console.In.ReadToEndAsync();
            lifetime.StopApplication();
        });
        if (settings.IsPublisher) await PublishAsync(host.Services.GetRequiredService<IWebhookPublisher>(), lifetime.ApplicationStopping);
        await parent;
        await host.StopAsync();
        return 0;
    }

    private static async Task PublishAsync(IWebhookPublisher publisher, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / EventsPerSecond));
        try
        {
            for (var number = 1; await pace.WaitForNextTickAsync(stop); number++)
            {
                // When this returns, the event is stored: from then on it is owed, whatever happens to whom.
                await publisher.PublishAsync("order.placed", new { number }, new PublishOptions { EventId = number.ToString(CultureInfo.InvariantCulture) }, CancellationToken.None);
                Console.WriteLine(number);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough is published.
        }
    }
}
