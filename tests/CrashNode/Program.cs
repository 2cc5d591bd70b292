using CrashNode;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebhookKit;

// A process that publishes and delivers until a test kills it. NodeOptions has what it takes.
var diary = new Diary();
var builder = Host.CreateApplicationBuilder(args);
var node = NodeOptions.Parse(builder.Configuration);
builder.Logging.ClearProviders().AddFilter("WebhookKit", LogLevel.Information).AddProvider(diary);
builder.Services.AddSingleton<IWebhookObserver>(diary);
Engine.Add(builder.Services, node);

using var host = builder.Build();
await host.StartAsync();
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
try
{
    if (node.Publishes) await new Publishers(host.Services.GetRequiredService<IWebhookPublisher>(), diary, node).RunAsync(stopping);
    if (node.Finishes) await FinishAsync();
    else await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
}
catch (OperationCanceledException)
{
    // Stopped from outside.
}

await host.StopAsync();

async Task FinishAsync()
{
    var deliveries = host.Services.GetRequiredService<IWebhookDeliveries>();
    var query = new DeliveryQuery { Status = DeliveryStatus.Pending, Limit = 1 };
    while (await deliveries.ListAsync(query, stopping) is var page && page is not { Items.Count: 0, Next: null })
    {
        // A page without items need not be the last.
        query = query with { After = page.Items.Count == 0 ? page.Next : null };
        if (query.After is null) await Task.Delay(TimeSpan.FromMilliseconds(20), stopping);
    }

    diary.Idle();
}
