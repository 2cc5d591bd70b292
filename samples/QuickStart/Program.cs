using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QuickStart;
using WebhookKit;

var options = Options.Parse(args);
if (options.ShowHelp) return Print(Options.Help);
if (options.Error is not null) return Refuse($"{options.Error} Try --help.");

Stream input;
try
{
    input = EventReader.Open(options.File);
}
catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
{
    return Refuse($"Cannot read '{options.File}': {(Directory.Exists(options.File) ? "it is a directory." : cause.Message)}");
}

var started = TimeProvider.System.GetTimestamp();
await using var receiver = await Receiver.StartAsync(Endpoints.All);

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Services.Configure<InMemoryStoreOptions>(store => store.MaxSucceeded = int.MaxValue); // the report counts it all
builder.Services.AddWebhooks()
    .AllowLoopback()
    .AddEventTypes(WebhookEventTypes.MailerLite)
    .AddProfile(QuickStartProfile.Value);
using var host = builder.Build();
await host.StartAsync();

var subscriptions = host.Services.GetRequiredService<IWebhookSubscriptions>();
var publisher = host.Services.GetRequiredService<IWebhookPublisher>();
var deliveries = host.Services.GetRequiredService<IWebhookDeliveries>();
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

await Endpoints.SubscribeAsync(subscriptions, receiver.Address);

Publishing publishing;
await using (var progress = new Progress(Endpoints.All))
{
    publishing = new Publishing(publisher, progress);
    try
    {
        await publishing.RunAsync(EventReader.ReadAsync(input, stopping));
        await Arrival.WaitAsync(publishing.Events, stopping);
    }
    catch (OperationCanceledException)
    {
        progress.Say("Stopped; this is what there was until then.");
    }

    await host.StopAsync();
}

if (publishing.FoundNothing) return Refuse("There are no events in the input. Give it one JSON object a line; see --help.");

var report = await Report.MakeAsync(publishing.Events, subscriptions, deliveries);
report.Print(Console.Out, publishing.Events.Count, publishing.BadLines, TimeProvider.System.GetElapsedTime(started));
return report.IsComplete && publishing.BadLines == 0 ? 0 : 1;

static int Print(string text)
{
    Console.WriteLine(text);
    return 0;
}

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
