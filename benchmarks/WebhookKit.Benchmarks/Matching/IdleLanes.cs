using System.Globalization;
using System.Net;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Dispatching;

namespace WebhookKit.Benchmarks.Matching;

/// <summary>
/// What many subscriptions cost an engine at rest: those that never had an event, and those whose every lane waits for a retry in
/// an hour, which is as much as an idle lane can have on its mind.
/// </summary>
internal static class IdleLanes
{
    private const int AllowedMore = 8;
    private const string Profile = "hourly";
    private static readonly TimeSpan TwoSweeps = TimeSpan.FromSeconds(3);

    public static async Task<int> MeasureAsync(int subscriptions)
    {
        var time = new CountingTimeProvider();
        TaskCensus.Start();
        await using var host = await EngineHost.StartAsync(
            o => o.SweepInterval = TimeSpan.FromSeconds(1),
            b =>
            {
                b.Services.AddSingleton<TimeProvider>(time);
                b.HttpClient.ConfigurePrimaryHttpMessageHandler(() => new AnswerHandler(() => HttpStatusCode.InternalServerError));
                b.AddProfile(WebhookProfiles.StandardWebhooks with { Name = Profile, Retry = new RetrySchedule(TimeSpan.FromHours(1)) });
            });
        var lanes = host.Services.GetRequiredService<LaneTable>();

        // Everything has run once, so that what stays is there from the beginning.
        await SubscribeAsync(host, 0, 10);
        await PublishAsync(host, 0, 10);
        var before = await RestAsync();

        var created = TimeProvider.System.GetTimestamp();
        await SubscribeAsync(host, 10, subscriptions);
        var creating = TimeProvider.System.GetElapsedTime(created);
        var idle = await RestAsync();

        await PublishAsync(host, 10, subscriptions);
        var waiting = await RestAsync();
        TaskCensus.Stop();

        var report = new Report(string.Create(CultureInfo.InvariantCulture, $"{subscriptions:N0} subscriptions at rest, 10 to each tenant"));
        Report.Row("  creating one, us", (creating.TotalMicroseconds / subscriptions).ToString("0", CultureInfo.InvariantCulture));
        Show("lanes", c => c.Lanes, target: null);
        Show("timers", c => c.Timers, AllowedMore);
        Show("tasks", c => c.Tasks, AllowedMore);
        Show("threads", c => c.Threads, AllowedMore);
        Report.Row("  heap of one: subscription", PerOne(idle.HeapBytes - before.HeapBytes));
        Report.Row("  heap of one: event, delivery, attempt and lane", PerOne(waiting.HeapBytes - idle.HeapBytes));
        return report.ExitCode;

        async Task<Census> RestAsync()
        {
            // The pool lets threads go that it took on for a burst only after they have had nothing to do for 20 s.
            await Task.Delay(TwoSweeps);
            for (var i = 0; i < 10 && ThreadPool.ThreadCount > 2 * Environment.ProcessorCount; i++) await Task.Delay(TwoSweeps);
            return Census.Take(time, lanes.All.Count());
        }

        void Show(string name, Func<Census, int> count, int? target)
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"{count(before):N0} | {count(idle):N0} | {count(waiting):N0}");
            name = $"  {name}: with 10 | all idle | all waiting";
            var most = count(before) + target;
            if (target is null) Report.Row(name, value);
            else report.Row(name, value, $"no more than {most}", count(idle) <= most && count(waiting) <= most);
        }

        string PerOne(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / subscriptions:N0} bytes");
    }

    private static async Task SubscribeAsync(EngineHost host, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            await host.Subscriptions.CreateAsync(new NewWebhookSubscription
            {
                Url = new Uri("http://127.0.0.1:9/hook"),
                TenantId = TenantOf(i),
                EventTypes = [EventTypeOf(i)],
                Profile = Profile,
            });
        }
    }

    private static async Task PublishAsync(EngineHost host, int from, int to)
    {
        for (var i = from; i < to; i++) await host.Publisher.PublishAsync(EventTypeOf(i), new { id = i }, new PublishOptions { TenantId = TenantOf(i) });
    }

    private static string TenantOf(int subscription) => string.Create(CultureInfo.InvariantCulture, $"tenant{subscription / 10}");

    private static string EventTypeOf(int subscription) => string.Create(CultureInfo.InvariantCulture, $"subscriber.created{subscription % 10}");
}
