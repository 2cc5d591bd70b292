using System.Collections.Concurrent;
using NUnit.Framework;
using WebhookKit.Storage;

namespace WebhookKit.Tests.Storage;

internal sealed class CoalescerTests
{
    [Test]
    public async Task Submit_NobodyWrites_CompletesAtOnceOnTheCallersFlow()
    {
        var thread = 0;
        var coalescer = new Coalescer<int, int>(
            (items, _) =>
            {
                thread = Environment.CurrentManagedThreadId;
                return new([.. items.Select(i => i * 10)]);
            },
            10);

        var submitted = coalescer.SubmitAsync(4, default).AsTask();

        Assert.That((submitted.IsCompletedSuccessfully, thread), Is.EqualTo((true, Environment.CurrentManagedThreadId)));
        Assert.That(await submitted, Is.EqualTo(40));
    }

    [Test]
    public async Task Submit_WhileWriting_QueuesAndIsWrittenTogetherInOrder()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 3);
        var calls = Enumerable.Range(0, 6).Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();

        (await writer.NextAsync()).Succeed();
        Assert.That(await calls[0], Is.Zero);
        (await writer.NextAsync()).Succeed();
        await Task.WhenAll(calls[1..4]);
        Assert.That(calls[4].IsCompleted, Is.False);
        (await writer.NextAsync()).Succeed();

        Assert.That(await Task.WhenAll(calls), Is.EqualTo(new[] { 0, 10, 20, 30, 40, 50 }));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "1,2,3", "4,5" }));
        Assert.That(writer.WasGivenAToken, Is.False);

        var later = coalescer.SubmitAsync(6, default).AsTask();
        (await writer.NextAsync()).Succeed();
        Assert.That(await later, Is.EqualTo(60));
    }

    [Test]
    public async Task Submit_HeavyItems_AreWrittenInLightRoundsButNeverInNone()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10, weigh: static i => i, maxWeight: 9);
        var calls = new[] { 1, 4, 5, 2, 20, 3 }.Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();

        for (var round = 0; round < 5; round++) (await writer.NextAsync()).Succeed();

        Assert.That(await Task.WhenAll(calls), Is.EqualTo(new[] { 10, 40, 50, 20, 200, 30 }));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "1", "4,5", "2", "20", "3" }));
    }

    [Test]
    public async Task Submit_LeaderOfASynchronousWrite_DoesNotWriteForTheOthers()
    {
        // The leader's own write lets another caller queue; that one must be written by a later task, not before the leader returns.
        Coalescer<int, int> coalescer = null!;
        Task<int>? second = null;
        var release = new ManualResetEventSlim();
        coalescer = new Coalescer<int, int>(
            (items, _) =>
            {
                if (items[0] == 1)
                    second = coalescer.SubmitAsync(2, default).AsTask();
                else
                    release.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
                return new([.. items]);
            },
            10);

        var first = coalescer.SubmitAsync(1, default);

        Assert.That((first.IsCompletedSuccessfully, second!.IsCompleted), Is.EqualTo((true, false)));
        release.Set();
        Assert.That((await first, await second), Is.EqualTo((1, 2)));
    }

    [Test]
    public async Task Submit_LeaderFails_GetsItsExceptionAndTheQueueGoesOn([Values] bool synchronously)
    {
        var gate = new TaskCompletionSource();
        var coalescer = new Coalescer<string, int>(
            async (items, _) =>
            {
                await gate.Task;
                return items[0] == "bad" ? throw new FormatException() : [1];
            },
            10);
        if (synchronously)
            gate.SetResult();

        var bad = coalescer.SubmitAsync("bad", default).AsTask();
        var good = coalescer.SubmitAsync("good", default).AsTask();
        gate.TrySetResult();

        Assert.That(async () => await bad, Throws.TypeOf<FormatException>());
        Assert.That(await good, Is.EqualTo(1));
    }

    [Test]
    public void Submit_WriteThrowsBeforeItReturns_GetsItsExceptionAndLetsOthersIn()
    {
        var fail = true;
        var coalescer = new Coalescer<int, int>((items, _) => fail ? throw new FormatException() : new([1]), 10);

        Assert.That(coalescer.SubmitAsync(1, default).AsTask().IsFaulted, Is.True);
        fail = false;
        Assert.That(coalescer.SubmitAsync(1, default).AsTask().IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task Submit_OneBadAmongSeveral_OnlyThatFails()
    {
        var writer = new GatedWriter();
        var told = new List<string>();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10, (items, _) => told.Add(string.Join(',', items)));
        var calls = Enumerable.Range(0, 4).Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();

        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(new FormatException("all"));
        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(new FormatException("2"));
        (await writer.NextAsync()).Succeed();

        Assert.That(async () => await calls[2], Throws.TypeOf<FormatException>().With.Message.EqualTo("2"));
        Assert.That(await Task.WhenAll(calls[0], calls[1], calls[3]), Is.EqualTo(new[] { 0, 10, 30 }));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "1,2,3", "1", "2", "3" }));
        Assert.That(told, Is.EqualTo(new[] { "0", "1", "3" }));
    }

    [Test]
    public async Task Submit_StoreAwayForSeveral_AllFailWithoutBeingTriedAlone()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        var calls = Enumerable.Range(0, 4).Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();
        var away = new WebhookStoreException("The store is away.");

        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(away);

        foreach (var call in calls[1..]) Assert.That(async () => await call, Throws.Exception.SameAs(away));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "1,2,3" }));
        var later = coalescer.SubmitAsync(4, default).AsTask();
        (await writer.NextAsync()).Succeed();
        Assert.That(await later, Is.EqualTo(40));
    }

    [Test]
    public async Task Submit_StoreGoesAwayWhileEachIsTriedAlone_TheRestFailsWithIt()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        var calls = Enumerable.Range(0, 5).Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();
        var away = new WebhookStoreException("The store is away.");

        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(new FormatException("all"));
        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(away);

        Assert.That(await calls[1], Is.EqualTo(10));
        foreach (var call in calls[2..]) Assert.That(async () => await call, Throws.Exception.SameAs(away));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "1,2,3,4", "1", "2" }));
    }

    /// <summary>One that waits for somebody else's lock failed all who were written with it.</summary>
    [Test]
    public async Task Submit_RoundIsHeldUp_OnlyThoseThatAreFailWithIt()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        var calls = Enumerable.Range(0, 4).Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();
        var heldUp = new WebhookStoreException("Something is locked.") { IsHeldUp = true };

        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(heldUp);
        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(heldUp);
        (await writer.NextAsync()).Succeed();

        Assert.That(async () => await calls[2], Throws.Exception.SameAs(heldUp));
        Assert.That(await Task.WhenAll(calls[1], calls[3]), Is.EqualTo(new[] { 10, 30 }));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "1,2,3", "1", "2", "3" }));
    }

    [Test]
    public async Task Submit_ManyOfARoundAreHeldUp_TheRestIsNotTriedAlone()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        var calls = Enumerable.Range(0, 10).Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();
        var heldUp = new WebhookStoreException("Everything is locked.") { IsHeldUp = true };

        (await writer.NextAsync()).Succeed();
        for (var i = 0; i < 5; i++) (await writer.NextAsync()).Fail(heldUp);

        foreach (var call in calls[1..]) Assert.That(async () => await call, Throws.Exception.SameAs(heldUp));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "1,2,3,4,5,6,7,8,9", "1", "2", "3", "4" }));
    }

    [Test]
    public async Task Submit_QueuedAloneAndBad_IsNotWrittenTwice()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        var leader = coalescer.SubmitAsync(0, default).AsTask();
        var bad = coalescer.SubmitAsync(1, default).AsTask();

        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Fail(new FormatException());

        Assert.That(async () => await bad, Throws.TypeOf<FormatException>());
        Assert.That(await leader, Is.Zero);
        Assert.That(writer.Rounds, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Submit_WrongNumberOfResults_FailsAllWithoutWritingAgain()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        var calls = Enumerable.Range(0, 3).Select(i => coalescer.SubmitAsync(i, default).AsTask()).ToArray();

        (await writer.NextAsync()).Return([]);
        (await writer.NextAsync()).Return([1]);

        foreach (var call in calls)
            Assert.That(async () => await call, Throws.InvalidOperationException.With.Message.Contains("results for"));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "1,2" }));
        Assert.That(new Coalescer<int, int>((_, _) => new([]), 1).SubmitAsync(1, default).AsTask().IsFaulted, Is.True);
    }

    [Test]
    public async Task Submit_CanceledWhileQueued_IsNeverWritten()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        using var source = new CancellationTokenSource();
        var leader = coalescer.SubmitAsync(0, default).AsTask();
        var givenUp = coalescer.SubmitAsync(1, source.Token).AsTask();
        var patient = coalescer.SubmitAsync(2, default).AsTask();

        await source.CancelAsync();
        Assert.That(async () => await givenUp, Throws.InstanceOf<OperationCanceledException>());
        (await writer.NextAsync()).Succeed();
        (await writer.NextAsync()).Succeed();

        Assert.That(await Task.WhenAll(leader, patient), Is.EqualTo(new[] { 0, 20 }));
        Assert.That(writer.Rounds, Is.EqualTo(new[] { "0", "2" }));
    }

    [Test]
    public async Task Submit_CanceledOnceItsRoundHasBegun_IsAwaited()
    {
        var writer = new GatedWriter();
        var coalescer = new Coalescer<int, int>(writer.WriteAsync, 10);
        using var source = new CancellationTokenSource();
        var leader = coalescer.SubmitAsync(0, source.Token).AsTask();
        var queued = coalescer.SubmitAsync(1, source.Token).AsTask();

        (await writer.NextAsync()).Succeed();
        var round = await writer.NextAsync();
        await source.CancelAsync();
        Assert.That(queued.IsCompleted, Is.False);
        round.Succeed();

        Assert.That(await Task.WhenAll(leader, queued), Is.EqualTo(new[] { 0, 10 }));
        Assert.That(writer.WasGivenAToken, Is.False, "a write that is canceled may stand");
    }

    [Test]
    public void Submit_CanceledBefore_WritesNothing()
    {
        var coalescer = new Coalescer<int, int>((_, _) => throw new InvalidOperationException("written"), 10);

        Assert.That(coalescer.SubmitAsync(1, new CancellationToken(canceled: true)).AsTask().IsCanceled, Is.True);
    }

    [Test]
    public async Task AfterWrite_EachRound_IsToldBeforeItsCallersGoOn()
    {
        var writer = new GatedWriter();
        var calls = new Task<int>[3];
        var told = new List<(string Items, string Results, int Ended)>();
        var coalescer = new Coalescer<int, int>(
            writer.WriteAsync, 10, (items, results) => told.Add((string.Join(',', items), string.Join(',', results), calls.Count(c => c.IsCompleted))));
        for (var i = 0; i < calls.Length; i++)
            calls[i] = coalescer.SubmitAsync(i, default).AsTask();

        (await writer.NextAsync()).Succeed();
        await calls[0];
        (await writer.NextAsync()).Succeed();
        await Task.WhenAll(calls);

        Assert.That(told, Is.EqualTo(new[] { ("0", "0", 0), ("1,2", "10,20", 1) }));
    }

    [Test]
    public async Task AfterWrite_Throws_CallersStillGetTheirResults()
    {
        var coalescer = new Coalescer<int, int>((items, _) => new([.. items]), 10, (_, _) => throw new FormatException());

        Assert.That(await coalescer.SubmitAsync(1, default), Is.EqualTo(1));
        Assert.That(await coalescer.SubmitAsync(2, default), Is.EqualTo(2));
    }

    [Test]
    public async Task Submit_AmbientData_DoesNotReachTheOthersRound()
    {
        var ambient = new AsyncLocal<string?>();
        var seen = new List<string?>();
        var gate = new TaskCompletionSource();
        var coalescer = new Coalescer<int, int>(
            async (items, _) =>
            {
                seen.Add(ambient.Value);
                await gate.Task;
                return [.. items];
            },
            10);

        ambient.Value = "leader's";
        var leader = coalescer.SubmitAsync(0, default).AsTask();
        ambient.Value = "other's";
        var other = coalescer.SubmitAsync(1, default).AsTask();
        gate.SetResult();
        await Task.WhenAll(leader, other);

        Assert.That(seen, Is.EqualTo(new[] { "leader's", null }));
    }

    [Test]
    public async Task Submit_UnderAScheduler_RunsItsRoundsThere()
    {
        var schedulers = new ConcurrentQueue<TaskScheduler>();
        var exclusive = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var gate = new TaskCompletionSource();
        var coalescer = new Coalescer<int, int>(
            async (items, _) =>
            {
                schedulers.Enqueue(TaskScheduler.Current);
                await gate.Task;
                schedulers.Enqueue(TaskScheduler.Current);
                return [.. items];
            },
            10);

        await Task.Factory.StartNew(
            async () =>
            {
                var calls = new[] { coalescer.SubmitAsync(0, default).AsTask(), coalescer.SubmitAsync(1, default).AsTask() };
                gate.SetResult();
                await Task.WhenAll(calls);
            },
            default,
            TaskCreationOptions.None,
            exclusive).Unwrap();

        Assert.That(schedulers, Has.Count.EqualTo(4).And.All.SameAs(exclusive));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Submit_CallersContextNeverRuns_TheOthersGoOn(bool fails)
    {
        // A UI thread that is blocked, say: the write neither begins nor goes on in its context.
        var stuck = new StuckContext();
        var contexts = new List<SynchronizationContext?>();
        var gate = new TaskCompletionSource();
        var coalescer = new Coalescer<int, int>(
            async (items, _) =>
            {
                contexts.Add(SynchronizationContext.Current);
                await gate.Task;
                contexts.Add(SynchronizationContext.Current);
                return fails && items[0] == 0 ? throw new FormatException() : [.. items];
            },
            10);
        var leader = stuck.Call(() => coalescer.SubmitAsync(0, default).AsTask());
        var other = stuck.Call(() => coalescer.SubmitAsync(1, default).AsTask());
        gate.SetResult();
        Assert.That(await other.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System), Is.EqualTo(1));
        if (fails) Assert.That(async () => await leader, Throws.TypeOf<FormatException>());
        else Assert.That(await leader, Is.Zero);
        Assert.That((contexts.Count, stuck.Posts), Is.EqualTo((4, 0)));
        Assert.That(contexts, Is.All.Not.SameAs(stuck));
    }

    [Test]
    public void Submit_WriteThrowsAtOnce_CallerKeepsItsContext()
    {
        var coalescer = new Coalescer<int, int>((_, _) => throw new FormatException(), 10);
        Assert.That(new StuckContext().Call(() => coalescer.SubmitAsync(0, default).AsTask()).IsFaulted, Is.True);
    }

    [Test]
    public async Task Submit_ManyThreads_WritesEachOnceAndNeverTwoRoundsAtOnce()
    {
        const int threads = 8, each = 3000;
        var written = new ConcurrentDictionary<int, int>();
        var running = 0;
        var overlaps = 0;
        var largest = 0;
        var coalescer = new Coalescer<int, int>(
            async (items, _) =>
            {
                if (Interlocked.Increment(ref running) != 1)
                    Interlocked.Increment(ref overlaps);
                largest = Math.Max(largest, items.Count);
                foreach (var item in items)
                    written.AddOrUpdate(item, 1, (_, n) => n + 1);
                if (items[0] % 3 == 0)
                    await Task.Yield();
                Interlocked.Decrement(ref running);
                return [.. items.Select(i => -i)];
            },
            5);

        var canceled = 0;
        var wrong = 0;
        await Task.WhenAll(Enumerable.Range(0, threads).Select(t => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var item = (t * each) + i + 1;
                using var source = new CancellationTokenSource();
                var call = coalescer.SubmitAsync(item, source.Token);
                if (i % 7 == 0)
                    await source.CancelAsync();
                try
                {
                    if (await call != -item)
                        Interlocked.Increment(ref wrong);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref canceled);
                    if (written.ContainsKey(item))
                        Interlocked.Increment(ref wrong);
                }
            }
        })));

        Assert.That((overlaps, wrong), Is.EqualTo((0, 0)));
        Assert.That(largest, Is.LessThanOrEqualTo(5));
        Assert.That(written, Has.Count.EqualTo((threads * each) - canceled));
        Assert.That(written.Values, Is.All.EqualTo(1));
    }
}
