using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebhookKit;

namespace QuickStart;

/// <summary>Publishes an input to the endpoints, waits for what is owed, and reports.</summary>
internal static class MainJob
{
    /// <param name="database">Where everything is kept; <see langword="null"/> for in memory.</param>
    /// <param name="input">The events.</param>
    /// <returns>Whether all went well and nothing is left.</returns>
    public static async Task<bool> RunAsync(string? database, Stream input)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var receiver = await Receiver.StartAsync(Endpoints.All);
        using var host = BuildHost(database, receiver.Address);
        var subscriptions = host.Services.GetRequiredService<IWebhookSubscriptions>();
        var publisher = host.Services.GetRequiredService<IWebhookPublisher>();
        var deliveries = host.Services.GetRequiredService<IWebhookDeliveries>();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

        // Before the host starts: from then on it sends what earlier runs have left.
        await Endpoints.HandOutSecretsAsync(subscriptions);
        var earlier = await EarlierRuns.ReadAsync(deliveries, areKept: database is not null);
        await host.StartAsync();

        Publishing publishing;
        var wasStopped = false;
        await using (var progress = new Progress(Endpoints.All))
        {
            publishing = new Publishing(publisher, earlier, progress);
            try
            {
                await publishing.RunAsync(EventReader.ReadAsync(input, stopping));
                await Arrival.WaitAsync(publishing.Events, earlier, stopping);
            }
            catch (OperationCanceledException)
            {
                wasStopped = true;
                progress.Say("Stopped; this is what there was until then.");
            }

            await host.StopAsync();
        }

        if (publishing.FoundNothing && !wasStopped) throw new InvalidDataException("There are no events in the input. Give it one JSON object a line; see --help.");

        var report = await Report.MakeAsync(publishing, earlier, wasStopped, subscriptions, deliveries);
        report.Print(Console.Out, TimeProvider.System.GetElapsedTime(started));
        return report.IsComplete && publishing.BadLines == 0 && !wasStopped;
    }

    private static IHost BuildHost(string? database, Uri receiver)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();

        // The report counts it all, so all is kept.
        builder.Services.Configure<InMemoryStoreOptions>(store => store.MaxSucceeded = int.MaxValue);
        var webhooks = builder.Services.AddWebhooks(webhooks => webhooks.Retention.Succeeded = TimeSpan.FromDays(3650))
            .AllowLoopback()
            .AddEventTypes(WebhookEventTypes.MailerLite)
            .AddProfile(QuickStartProfile.Value);
        if (database is not null) webhooks.UseSqlite(new SqliteConnectionStringBuilder { DataSource = database }.ToString());
        Endpoints.Declare(webhooks, receiver);
        return builder.Build();
    }
}
