using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using WebhookKit.Diagnostics;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Diagnostics;

public sealed class LogTests
{
    private const int Attempted = 10;

    [Test]
    public void EventIds_OfAllMessages_NeverChange()
    {
        var ids = typeof(Log).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(m => (m.Name, m.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(m => m.EventId is not null)
            .ToDictionary(m => m.Name, m => m.EventId!.Value);

        Assert.That(ids, Is.SupersetOf(new Dictionary<string, int>
        {
            ["OwnershipChanged"] = 1,
            ["LoopFailed"] = 2,
            ["SettleFailed"] = 3,
            ["ReadFailed"] = 4,
            ["RequestFault"] = 5,
            ["PipelineFailed"] = 6,
            ["ObserverFailed"] = 7,
            ["SubscriptionDisabled"] = 8,
            ["RefreshFailed"] = 9,
            ["StartedWithoutStore"] = 18,
            ["PurgeFailed"] = 19,
            ["WakeUpFailed"] = 20,
            ["Attempted"] = Attempted,
            ["PartitionLost"] = 11,
        }));
        Assert.That(ids.Values, Is.Unique);
    }

    [Test]
    public async Task Attempt_Each_IsOneLineWithTheKeyFacts()
    {
        using var log = new LogCapture();
        await using var engine = await StartAsync(log);
        engine.Receiver.Default.Reply(new ScriptedReply(503) { Delay = TimeSpan.FromMilliseconds(1500) }).Reply(200);
        await engine.SubscribeAsync(s => s with { Id = "s", TenantId = "t" });

        await engine.PublishAsync(new PublishOptions { EventId = "e1", TenantId = "t" });
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        var lines = log.Lines.Where(l => l.EventId == Attempted).ToArray();
        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.Multiple(() =>
        {
            Assert.That(lines.Select(l => l.Level), Is.EqualTo(new[] { LogLevel.Warning, LogLevel.Information }));
            Assert.That(Facts(lines[0]), Is.EqualTo(new Dictionary<string, object?>
            {
                ["Outcome"] = AttemptOutcome.ErrorStatus,
                ["StatusCode"] = 503,
                ["Milliseconds"] = 1500.0,
                ["MessageId"] = "e1",
                ["EventType"] = Created,
                ["BatchSize"] = 1,
                ["Attempt"] = 1,
                ["SubscriptionId"] = "s",
                ["TenantId"] = "t",
                ["Host"] = "example.com",
                ["Status"] = DeliveryStatus.Pending,
                ["NextAttemptAt"] = ManualTimeProvider.DefaultStart + TimeSpan.FromSeconds(11.5),
                ["Settlement"] = SettleResult.Applied,
                ["Error"] = "The endpoint answered 503.",
            }));
            Assert.That(lines[1].Values["Attempt"], Is.EqualTo(2));
            Assert.That(lines[1].Values["Status"], Is.EqualTo(DeliveryStatus.Succeeded));
            Assert.That(lines[1].Values["NextAttemptAt"], Is.Null);
            Assert.That(lines[1].Values["Error"], Is.Null);
            Assert.That(lines[1].Message, Does.Contain("Succeeded").And.Contain("200").And.Contain("e1"));
        });
        Assert.That(log.Lines.Select(l => l.Category), Has.None.StartsWith("System.Net.Http"), "one line an attempt, not the HTTP client's too");
    }

    [Test]
    public async Task Attempt_Batch_IsOneLine()
    {
        using var log = new LogCapture();
        await using var engine = await StartAsync(log);
        await engine.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxEvents = 3 } });

        await engine.Publisher.PublishManyAsync(Created, [1, 2, 3]);
        await engine.DrainAsync();

        Assert.That(log.Lines.Single(l => l.EventId == Attempted).Values["BatchSize"], Is.EqualTo(3));
    }

    [Test]
    public async Task Attempt_LevelSwitchedOff_IsNotLogged()
    {
        using var log = new LogCapture();
        await using var engine = await TestEngine.StartAsync(configure: w => w.Services.AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Warning)));
        await engine.SubscribeAsync();

        await engine.PublishAsync();
        await engine.DrainAsync();

        Assert.That(log.Lines.Where(l => l.EventId == Attempted), Is.Empty);
    }

    [Test]
    public async Task Subscription_DisabledByRule_IsLogged()
    {
        using var log = new LogCapture();
        await using var engine = await StartAsync(log);
        engine.Receiver.Reply(410);
        await engine.SubscribeAsync(s => s with { Id = "s", Profile = null });

        await engine.PublishAsync();
        await engine.DrainAsync();

        var line = log.Lines.Single(l => l.EventId == 8);
        Assert.That(line.Level, Is.EqualTo(LogLevel.Warning));
        Assert.That(line.Message, Does.Contain("s at example.com is disabled: The endpoint answered 410"));
    }

    private static Dictionary<string, object?> Facts(LogLine line) => line.Values.Where(v => v.Key != "{OriginalFormat}").ToDictionary();

    private static Task<WebhookTestHarness> StartAsync(LogCapture log) =>
        TestEngine.StartAsync(configure: w => w.Services.AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Trace)));
}
