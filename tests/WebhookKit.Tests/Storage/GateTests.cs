using NUnit.Framework;
using WebhookKit.Storage;

namespace WebhookKit.Tests.Storage;

public sealed class GateTests
{
    [Test]
    public void WaitAsync_MoreThanThereArePlaces_LetsTheOthersInInTheirOrder()
    {
        var gate = new Gate(1);
        Task[] waits = [gate.WaitAsync(default), gate.WaitAsync(default), gate.WaitAsync(default)];
        Assert.That(waits.Select(w => w.IsCompleted), Is.EqualTo(new[] { true, false, false }));

        gate.Release();
        Assert.That(waits.Select(w => w.IsCompleted), Is.EqualTo(new[] { true, true, false }));
        Assert.That(gate.Free, Is.Zero);

        gate.Release();
        gate.Release();
        Assert.That(waits[2].IsCompletedSuccessfully);
        Assert.That(gate.Free, Is.EqualTo(1));
    }

    [Test]
    public async Task WaitAsync_GivenUp_TakesNoPlace()
    {
        var gate = new Gate(1);
        using var giveUp = new CancellationTokenSource();
        await gate.WaitAsync(default);
        var givenUp = gate.WaitAsync(giveUp.Token);
        var next = gate.WaitAsync(default);

        await giveUp.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => givenUp);
        gate.Release();

        await next;
        Assert.That(gate.Free, Is.Zero);
    }

    [Test]
    public async Task WaitAsync_CanceledAlready_TakesNoPlace()
    {
        var gate = new Gate(1);

        await Assert.ThrowsAsync<TaskCanceledException>(() => gate.WaitAsync(new CancellationToken(canceled: true)));

        Assert.That(gate.Free, Is.EqualTo(1));
    }

    [Test]
    public async Task WaitAsync_ByManyThreads_NeverLetsInMoreThanThereArePlaces()
    {
        var gate = new Gate(3);
        var inside = 0;
        var most = 0;
        var lockOfMost = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                await gate.WaitAsync(default);
                var now = Interlocked.Increment(ref inside);
                lock (lockOfMost) most = Math.Max(most, now);
                if (i % 7 == 0) await Task.Yield();
                Interlocked.Decrement(ref inside);
                gate.Release();
            }
        })));

        Assert.That(most, Is.InRange(1, 3));
        Assert.That(gate.Free, Is.EqualTo(3));
    }
}
