using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Storage.PostgreSql;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>What was stored within a transaction goes out soon after the commit, long before the next sweep.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CommitTests : PostgreSqlFixture
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Commit_TransactionNotDisposed_IsNoticed()
    {
        // An NpgsqlTransaction that is committed still names its connection until it is disposed of.
        using var host = await StartAsync(watches: true);
        await using var connection = new NpgsqlConnection(Schema.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await host.Services.GetRequiredService<IWebhookPublisher>().PublishAsync("order.created", 1, new PublishOptions { Transaction = transaction });
        await transaction.CommitAsync();

        await AssertSentAsync(host);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task SaveChanges_Committed_TellsTheEngineItself(bool hasTransaction)
    {
        // The engine's own looking is switched off.
        using var host = await StartAsync(watches: false);
        await using var shop = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(Schema.ConnectionString).UseWebhooks(host.Services).Options);
        await using var transaction = hasTransaction ? await shop.Database.BeginTransactionAsync() : null;
        shop.RaiseWebhook("order.created", 1);
        await shop.SaveChangesAsync();
        if (transaction is not null) await transaction.CommitAsync();

        await AssertSentAsync(host);
    }

    private static async Task AssertSentAsync(IHost host)
    {
        var receiver = host.Services.GetRequiredService<ScriptedReceiver>();
        var began = Stopwatch.GetTimestamp();
        while (receiver.Requests.Count < 2 && Stopwatch.GetElapsedTime(began) < Soon) await Task.Delay(10);
        Assert.That(receiver.Requests, Has.Count.EqualTo(2));
        await host.StopAsync();
    }

    private async Task<IHost> StartAsync(bool watches)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var receiver = new ScriptedReceiver(TimeProvider.System);
        builder.Services.AddSingleton(receiver);
        if (!watches) builder.Services.AddSingleton<TimeProvider>(new DeafTime());
        builder.Services.AddWebhooks(options => options.SweepInterval = TimeSpan.FromMinutes(5))
            .AddEventType("order.created", "An order came in.")
            .UsePostgreSql(Schema.ConnectionString, options => options.Schema = Schema.Name)
            .HttpClient.ConfigurePrimaryHttpMessageHandler(() => receiver);
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IWebhookSubscriptions>().CreateAsync(
            new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });

        // The first sweep of each partition is over once an event has gone out the usual way.
        await host.Services.GetRequiredService<IWebhookPublisher>().PublishAsync("order.created", 0);
        while (receiver.Requests.Count == 0) await Task.Delay(10);
        return host;
    }

    /// <summary>The system's time, but for timers that fire after 50 ms: those never do.</summary>
    private sealed class DeafTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(base.CreateTimer(callback, state, dueTime, period));

        private sealed class Timer(ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => dueTime == TimeSpan.FromMilliseconds(50) || inner.Change(dueTime, period);

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
