using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;
using WebhookKit.Tests.Diagnostics;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ResilientLoopTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly LogCapture _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<DateTimeOffset> _steps = [];

    public void Dispose()
    {
        _stop.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task RunAsync_StepKeepsFailing_GoesOnAfterGrowingDelays()
    {
        var running = RunAsync(_ => throw new IOException());
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.That(Gaps(), Is.EqualTo(new[] { 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30 }));
        await StopAsync(running);
    }

    [Test]
    public async Task RunAsync_StepSucceedsInBetween_BeginsWithTheShortDelayAgain()
    {
        var running = RunAsync(step => step == 4 ? Task.CompletedTask : throw new IOException());
        _clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.That(Gaps(), Is.EqualTo(new[] { 0.1, 0.2, 0.4, 0, 0.1 }));
        await StopAsync(running);
    }

    [Test]
    public async Task RunAsync_StepRanForLongBeforeItFailed_BeginsWithTheShortDelayAgain()
    {
        // A connection that is listened to for hours and then breaks has not kept failing.
        var running = RunAsync(async step =>
        {
            if (step == 4) await Task.Delay(TimeSpan.FromMinutes(1), _clock);
            throw new IOException();
        });
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.That(Gaps(), Is.EqualTo(new[] { 0.1, 0.2, 0.4, 60.1, 0.2 }));
        await StopAsync(running);
    }

    [Test]
    public async Task RunAsync_StepIsCanceledButNotTheLoop_GoesOn()
    {
        // A store that gives up waiting says so in this way.
        var running = RunAsync(_ => throw new TaskCanceledException());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_steps, Has.Count.GreaterThan(1));
        await StopAsync(running);
    }

    [Test]
    public async Task RunAsync_StepFails_IsLoggedOnceWithItsCause()
    {
        var cause = new IOException();
        var running = RunAsync(step => step == 1 ? throw cause : Task.Delay(Timeout.InfiniteTimeSpan, _clock, _stop.Token));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(_log.Lines.Select(l => l.Exception), Is.EqualTo(new[] { cause }));
        await StopAsync(running);
    }

    private Task RunAsync(Func<int, Task> step) => ResilientLoop.RunAsync(
        "test",
        _ =>
        {
            _steps.Add(_clock.GetUtcNow());
            return step(_steps.Count);
        },
        _clock,
        _log.CreateLogger("test"),
        _stop.Token);

    private double[] Gaps() => [.. _steps.Skip(1).Zip(_steps, (step, before) => (step - before).TotalSeconds)];

    private async Task StopAsync(Task running)
    {
        Assert.That(running.IsCompleted, Is.False);
        await _stop.CancelAsync();
        await running;
    }
}
