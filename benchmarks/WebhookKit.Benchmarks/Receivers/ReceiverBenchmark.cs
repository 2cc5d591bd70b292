using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Receivers;

/// <summary>What receiving costs: verify, look for duplicates, answer, and hand the event over, against an endpoint that only reads the body.</summary>
/// <remarks>Both endpoints are in one server, on which the same client sends the same requests in turn. A round ends when all events have been handled.</remarks>
internal static class ReceiverBenchmark
{
    private const double LeastRatio = 0.8;
    private const int Connections = 32;
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static int _handled;

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 21);
        var requests = settings.Get("requests", 20_000);
        var length = settings.Get("body", 250);
        var report = new Report("The receiver against a bare endpoint that reads the body");
        Report.Note(string.Create(CultureInfo.InvariantCulture, $"{rounds} rounds of {requests:N0} requests each by {Connections} connections, client in this process; Standard Webhooks, {length} bytes and a few of data"));
        await using var app = await StartAsync(requests);
        using var client = new RawClient(new Uri(app.Urls.Single()).Port, Connections);

        List<(Round Bare, Round Receiver)> all = [];
        for (var round = -3; round < rounds; round++)
        {
            var bareFirst = round % 2 == 0;
            var first = await RunAsync(client, bareFirst, requests, length);
            var second = await RunAsync(client, !bareFirst, requests, length);
            if (round >= 0) all.Add(bareFirst ? (first, second) : (second, first));
        }

        Report.Row("  bare endpoint, requests/s", Spread.Of(all.Select(r => r.Bare.Rate)).ToString("N0"));
        Report.Row("  receiver, requests/s", Spread.Of(all.Select(r => r.Receiver.Rate)).ToString("N0"));
        Report.Row("  bare endpoint, bytes allocated a request", Spread.Of(all.Select(r => r.Bare.Bytes)).ToString("N0"));
        Report.Row("  receiver, bytes allocated a request", Spread.Of(all.Select(r => r.Receiver.Bytes)).ToString("N0"));
        var ratio = Spread.Of(all.Select(r => r.Receiver.Rate / r.Bare.Rate));
        report.Row("  ratio of rates, receiver / bare", ratio.ToString("0.00"), "at least 0.80", ratio.Median >= LeastRatio);
        return report.ExitCode;
    }

    private static async Task<WebApplication> StartAsync(int requests)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddWebhookReceivers();
        var app = builder.Build();
        app.MapPost("/bare", (RequestDelegate)ReadAsync);
        app.MapWebhookReceiver("/hook", options =>
        {
            options.Secrets.Add(Secret);
            options.QueueCapacity = requests;
            options.OnAny((_, _) =>
            {
                Interlocked.Increment(ref _handled);
                return Task.CompletedTask;
            });
        });
        await app.StartAsync();
        return app;
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var body = new byte[(int)context.Request.ContentLength!];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        context.Response.ContentLength = 0;
    }

    private static async Task<Round> RunAsync(RawClient client, bool isBare, int count, int length)
    {
        var requests = PreparedRequests.Make(isBare ? "/bare" : "/hook", count, length, Secret);
        Volatile.Write(ref _handled, 0);
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await client.SendAsync(requests);
        while (!isBare && Volatile.Read(ref _handled) < count) await Task.Yield();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new Round(count / seconds, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)count);
    }

    private readonly record struct Round(double Rate, double Bytes);
}
