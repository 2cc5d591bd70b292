using System.Globalization;
using CrashNode;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebhookKit;

// A process that publishes and delivers until a test kills it:
// CrashNode <publish|deliver|finish> <database> <receiver> <run> <payload bytes> <pause between publishes in ms>
var (mode, database, receiver, run) = (args[0], args[1], new Uri(args[2]), args[3]);
var (payloadBytes, pause) = (int.Parse(args[4], CultureInfo.InvariantCulture), int.Parse(args[5], CultureInfo.InvariantCulture));
var diary = new Diary();
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Services.AddSingleton<IWebhookObserver>(diary);
var webhooks = builder.Services
    .AddWebhooks(options =>
    {
        options.AllowUnknownEventTypes = true;
        options.AttemptTimeout = TimeSpan.FromSeconds(5);
        options.LeaseDuration = TimeSpan.FromSeconds(24);
    })
    .AllowLoopback()
    .AddProfile(Lanes.Profile with { Timeout = TimeSpan.FromSeconds(5) })
    .UseSqlite($"Data Source={database}");
foreach (var lane in Lanes.All(receiver, run)) webhooks.AddSubscription(lane);

using var host = builder.Build();
await host.StartAsync();
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
try
{
    if (mode == "publish") await new Publishers(host.Services.GetRequiredService<IWebhookPublisher>(), diary, run, payloadBytes, TimeSpan.FromMilliseconds(pause)).RunAsync(stopping);
    if (mode == "deliver") await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
    if (mode == "finish") await FinishAsync();
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
