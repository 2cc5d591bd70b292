using System.Text;
using Npgsql;
using Quartz;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Yardsticks.Scheduler;

/// <summary>A job scheduler on a database, Quartz.NET, set as fast as it goes: one trigger for each delivery, published by 20 at once.</summary>
internal sealed class SchedulerSide : ISide, IAsyncDisposable
{
    private const int Publishers = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly NpgsqlDataSource _database;
    private readonly PlainSender _sender;
    private readonly IScheduler _scheduler;
    private readonly string[] _urls;
    private readonly string[] _bodies;
    private int _started;

    private SchedulerSide(NpgsqlDataSource database, PlainSender sender, IScheduler scheduler, Uri[] urls)
    {
        (_database, _sender, _scheduler) = (database, sender, scheduler);
        _urls = [.. urls.Select(u => u.ToString())];
        _bodies = [.. urls.Select((_, i) => Encoding.UTF8.GetString(Payload.BodyOf(EngineSide.EventType(i), Payload.For(EngineSide.EventType(i)))))];
    }

    /// <summary>Starts it, in a database that is empty.</summary>
    public static async Task<SchedulerSide> StartAsync(Uri[] urls, int concurrency, string connectionString, bool clustered)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 50, AutoPrepareMinUsages = 2, NoResetOnClose = true }.ConnectionString;
        var database = NpgsqlDataSource.Create(settings);
        await using (var command = database.CreateCommand(SchedulerTables.Create)) await command.ExecuteNonQueryAsync();
        var scheduler = await Configure(concurrency, settings, clustered).BuildScheduler();
        var sender = new PlainSender();
        scheduler.JobFactory = new SendJobFactory(sender);
        await scheduler.AddJob(JobBuilder.Create<SendJob>().WithIdentity(SendJob.Key).StoreDurably().Build(), replace: true);
        await scheduler.Start();
        return new SchedulerSide(database, sender, scheduler, urls);
    }

    public async Task SendAsync(int requests)
    {
        _started = 0;
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(() => PublishAsync(requests))));
        while (await IsPendingAsync()) await Task.Delay(Pause);
    }

    public async ValueTask DisposeAsync()
    {
        await _scheduler.Shutdown(waitForJobsToComplete: true);
        _sender.Dispose();
        await _database.DisposeAsync();
    }

    private static SchedulerBuilder Configure(int concurrency, string connectionString, bool clustered)
    {
        var builder = SchedulerBuilder.Create("AUTO", "benchmark")
            .UseDefaultThreadPool(concurrency)
            .WithMaxBatchSize(concurrency)
            .WithBatchTriggerAcquisitionFireAheadTimeWindow(TimeSpan.FromSeconds(1))
            .WithMisfireThreshold(TimeSpan.FromHours(1));
        return builder.UsePersistentStore(store =>
        {
            store.UseProperties = true;
            store.PerformSchemaValidation = false; // there are only the tables that this uses
            store.UseSerializer<PropertiesSerializer>();
            store.UsePostgres(connectionString);
            if (clustered) store.UseClustering();

            // Batches are only safe so, says its documentation; and inserting waits for nobody.
            store.SetProperty("quartz.jobStore.acquireTriggersWithinLock", "true");
            store.SetProperty("quartz.jobStore.lockOnInsert", "false");
        });
    }

    private async Task PublishAsync(int requests)
    {
        while (Interlocked.Increment(ref _started) is var number && number <= requests)
            await _scheduler.ScheduleJob(SendJob.CreateTrigger(_urls[number % _urls.Length], _bodies[number % _urls.Length]));
    }

    private async Task<bool> IsPendingAsync()
    {
        await using var command = _database.CreateCommand("SELECT EXISTS (SELECT FROM qrtz_triggers) OR EXISTS (SELECT FROM qrtz_fired_triggers)");
        return (bool)(await command.ExecuteScalarAsync())!;
    }
}
