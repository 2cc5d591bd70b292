using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;

namespace WebhookKit.Benchmarks.Guarding;

/// <summary>What the guard over addresses costs a request on a connection that is there already: nothing, for it works when one is made.</summary>
/// <remarks>The engine's own handler sends the same requests, one after another, with the guard and without; the two take turns.</remarks>
internal static class GuardBenchmark
{
    private const double LeastRatio = 0.98;
    private const string ClientName = "WebhookKit";

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 401);
        var requests = settings.Get("requests", 500);
        var report = new Report("The guard: requests on pooled connections, with it and without");
        Report.Note(string.Create(CultureInfo.InvariantCulture, $"{rounds} rounds of {requests:N0} requests each, one after another, receiver in another process"));
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var url = receiver.Url(0, "hooks/0");
        await using var with = Services(isGuarded: true);
        await using var without = Services(isGuarded: false);
        using var guarded = Invoker(with);
        using var plain = Invoker(without);

        List<(double Guarded, double Plain)> rates = [];
        for (var round = -4; round < rounds; round++)
        {
            var guardedFirst = round % 2 == 0;
            var first = await RateAsync(guardedFirst ? guarded : plain, url, requests);
            var second = await RateAsync(guardedFirst ? plain : guarded, url, requests);
            if (round >= 0) rates.Add(guardedFirst ? (first, second) : (second, first));
        }

        Report.Row("  without, requests/s", Spread.Of(rates.Select(r => r.Plain)).ToString("N0"));
        Report.Row("  with, requests/s", Spread.Of(rates.Select(r => r.Guarded)).ToString("N0"));
        var ratio = Spread.Of(rates.Select(r => r.Guarded / r.Plain));
        report.Row("  ratio of rates, with / without", ratio.ToString("0.000"), "at least 0.98", ratio.Median >= LeastRatio);
        return report.ExitCode;
    }

    private static ServiceProvider Services(bool isGuarded)
    {
        var services = new ServiceCollection();
        var webhooks = services.AddWebhooks().AllowLoopback();
        if (!isGuarded) webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).ConnectCallback = null);
        return services.BuildServiceProvider();
    }

    private static HttpMessageInvoker Invoker(ServiceProvider services) =>
        new(services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(ClientName), disposeHandler: false);

    private static async Task<double> RateAsync(HttpMessageInvoker invoker, Uri url, int requests)
    {
        var body = new byte[250];
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < requests; i++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            using var response = await invoker.SendAsync(message, default);
            response.EnsureSuccessStatusCode();
        }

        return requests / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
