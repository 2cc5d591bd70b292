using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Resting;

/// <summary>A process that starts, sends one event, and then does nothing: with the engine, or with a bare HttpClient. Says how long it took.</summary>
internal static class RestSide
{
    public const string Command = "rest-side";

    public static async Task<int> RunAsync(Settings settings)
    {
        var url = new Uri(settings.Text("url", ""));
        if (settings.Text("store", "") == RestBenchmark.Plain)
        {
            using var sender = new PlainSender();
            var ready = Age();
            await sender.SendAsync("msg_1", url, Payload.BodyOf("a.b", Payload.For("a.b")));
            Answer(ready);
            await Console.In.ReadToEndAsync();
            return 0;
        }

        await using var store = settings.Text("database", "") is { Length: > 0 } database ? new DatabaseStore(database) : await BenchStore.CreateAsync(settings);
        var delivered = new FirstDelivery();
        await using var host = await EngineHost.StartAsync(configure: webhooks =>
        {
            webhooks.Services.AddSingleton<IWebhookObserver>(delivered);
            store.Configure(webhooks);
        });
        await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = url, EventTypes = ["*"] });
        var started = Age();
        await host.Publisher.PublishAsync("a.b", Payload.For("a.b"));
        await delivered.Task;
        Answer(started);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static void Answer(double ready) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ready:0.0} {Age():0.0}"));

    /// <summary>Milliseconds since this process was started.</summary>
    private static double Age()
    {
        using var self = Process.GetCurrentProcess();
        return (DateTime.Now - self.StartTime).TotalMilliseconds;
    }

    private sealed class FirstDelivery : IWebhookObserver
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _ended.Task;

        public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt) => _ended.TrySetResult();
    }
}
