using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using WebhookKit.AspNetCore.Health;
using WebhookKit.Diagnostics;
using WebhookKit.Dispatching;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Health;

internal sealed class HealthCheckTests
{
    private static readonly EngineCondition Good = new()
    {
        NodeId = "n",
        StoreFault = null,
        ShouldDispatch = true,
        IsDispatching = true,
        OwnedPartitions = 64,
        Partitions = 64,
        SweepInterval = TimeSpan.FromSeconds(5),
        SinceLastSweep = TimeSpan.FromSeconds(3),
        OldestDueFor = null,
    };

    private static IEnumerable<TestCaseData> Conditions =>
    [
        new TestCaseData(Good, HealthStatus.Healthy).SetArgDisplayNames("good"),
        new TestCaseData(Good with { OldestDueFor = TimeSpan.FromMinutes(5) }, HealthStatus.Healthy).SetArgDisplayNames("due for as long as may be"),
        new TestCaseData(Good with { OldestDueFor = TimeSpan.FromMinutes(5.1) }, HealthStatus.Degraded).SetArgDisplayNames("overdue"),
        new TestCaseData(Good with { SinceLastSweep = TimeSpan.FromSeconds(61) }, HealthStatus.Degraded).SetArgDisplayNames("not swept for long"),
        new TestCaseData(Good with { SinceLastSweep = TimeSpan.FromSeconds(61), SweepInterval = TimeSpan.FromSeconds(20) }, HealthStatus.Healthy).SetArgDisplayNames("sweeps rarely"),
        new TestCaseData(Good with { SinceLastSweep = null }, HealthStatus.Healthy).SetArgDisplayNames("has just started"),
        new TestCaseData(Good with { IsDispatching = false }, HealthStatus.Unhealthy).SetArgDisplayNames("does not deliver"),
        new TestCaseData(Good with { IsDispatching = false, ShouldDispatch = false, SinceLastSweep = null }, HealthStatus.Healthy).SetArgDisplayNames("need not deliver"),
        new TestCaseData(Good with { StoreFault = new WebhookStoreException("away") }, HealthStatus.Unhealthy).SetArgDisplayNames("store away"),
    ];

    [TestCaseSource(nameof(Conditions))]
    public void Of_Condition_IsJudged(object condition, HealthStatus expected) =>
        Assert.That(Verdict.Of((EngineCondition)condition, new WebhookHealthOptions(), HealthStatus.Unhealthy).Status, Is.EqualTo(expected));

    [TestCase("memory")]
    [TestCase("sqlite")]
    public async Task Check_RunningHost_IsHealthyWithItsDataAndDegradedOnceStopped(string store)
    {
        using var folder = new TempFolder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var webhooks = builder.Services.AddWebhooks();
        if (store == "sqlite") webhooks.UseSqlite(folder.ConnectionString);
        builder.Services.AddHealthChecks().AddWebhooks(tags: ["ready"]);
        using var host = builder.Build();
        await host.StartAsync();
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        var entry = await Eventually.BecomesAsync(
            async () => (await checks.CheckHealthAsync()).Entries["webhooks"], e => e.Data.ContainsKey("last_sweep_seconds") && e.Data["partitions_owned"] is not 0);
        Assert.Multiple(() =>
        {
            Assert.That(entry.Status, Is.EqualTo(HealthStatus.Healthy));
            Assert.That(entry.Tags, Is.EqualTo(new[] { "ready" }));
            Assert.That(entry.Data["store"], Is.EqualTo("reachable"));
            Assert.That(entry.Data["dispatching"], Is.True);
            Assert.That(entry.Data["partitions_owned"], Is.EqualTo(entry.Data["partitions"]));
            Assert.That(entry.Data["oldest_due_seconds"], Is.Zero);
        });
        await host.StopAsync();
        Assert.That((await checks.CheckHealthAsync()).Status, Is.EqualTo(HealthStatus.Unhealthy));
    }

    [Test]
    public async Task Check_StoreThatCannotBeOpened_IsWhatTheHostWishes()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddWebhooks(o => { o.StartWithoutStore = true; }).UseSqlite("Data Source=/nowhere/at/all.db");
        builder.Services.AddHealthChecks().AddWebhooks("hooks", HealthStatus.Degraded);
        using var host = builder.Build();
        await host.StartAsync();
        var entry = (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["hooks"];
        Assert.That((entry.Status, entry.Data["store"]), Is.EqualTo((HealthStatus.Degraded, (object)"unreachable")));
        Assert.That(entry.Exception, Is.Not.Null);
        await host.StopAsync();
    }

    [Test]
    public async Task Sweep_OverdueDeliveries_CountOnlyWhereTheirEndpointCouldTakeThem()
    {
        await using var harness = await WebhookTestHarness.StartAsync(w => w.Services.Configure<WebhookOptions>(o => o.AllowUnknownEventTypes = true));
        var subscription = await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });
        var health = harness.Services.GetRequiredService<EngineHealth>();
        await harness.Subscriptions.PauseAsync(subscription.Id);
        await harness.Publisher.PublishAsync("a.b", 1);
        harness.Clock.Advance(TimeSpan.FromHours(1));

        // Nothing takes turns here, so that what is due stays so.
        await harness.Services.GetRequiredService<PartitionOwner>().RenewAsync(default);
        await harness.Services.GetRequiredService<Sweeper>().SweepAsync(default);
        Assert.That((await health.ReadAsync(default)).OldestDueFor, Is.Null, "it is paused");

        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.Services.GetRequiredService<Sweeper>().SweepAsync(default);
        Assert.That((await health.ReadAsync(default)).OldestDueFor, Is.EqualTo(TimeSpan.FromHours(1)));

        harness.Receiver.Reply(503);
        await harness.DrainAsync();
        await harness.Services.GetRequiredService<PartitionOwner>().RenewAsync(default);
        await harness.Services.GetRequiredService<Sweeper>().SweepAsync(default);
        Assert.That((await health.ReadAsync(default)).OldestDueFor, Is.Null, "it waits for its retry");
    }

    [Test]
    public async Task ApplicationStopping_ServiceThatStopsSlowly_DoesNotHoldUpTheDispatcher()
    {
        var slow = new SlowToStop();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddWebhooks();

        // Added later, it is stopped first, as a server is.
        builder.Services.AddSingleton<IHostedService>(slow);
        using var host = builder.Build();
        await host.StartAsync();
        var health = host.Services.GetRequiredService<EngineHealth>();
        await Eventually.BecomesAsync(async () => (await health.ReadAsync(default)).IsDispatching, isIt => isIt);
        var stopping = host.StopAsync();
        await slow.Asked.Task;
        await Eventually.BecomesAsync(async () => (await health.ReadAsync(default)).IsDispatching, isIt => !isIt);
        Assert.That(stopping.IsCompleted, Is.False);
        slow.Release.SetResult();
        await stopping;
    }

    [Test]
    public async Task Check_WithoutWebhooks_SaysWhatToCall()
    {
        await using var services = new ServiceCollection().AddLogging().AddHealthChecks().AddWebhooks().Services.BuildServiceProvider();
        var entry = (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync().ContinueWith(t => t.Exception?.ToString() ?? t.Result.Entries["webhooks"].Exception?.ToString() ?? "", TaskScheduler.Default));
        Assert.That(entry, Does.Contain("services.AddWebhooks()"));
    }

    private sealed class SlowToStop : IHostedService
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Asked.SetResult();
            return Release.Task;
        }
    }
}
