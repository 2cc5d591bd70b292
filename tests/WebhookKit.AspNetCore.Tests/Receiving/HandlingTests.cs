using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WebhookKit.AspNetCore.Tests.Receiving;

/// <summary>When handlers run, which, what duplicates do, and what becomes of an event whose handler fails.</summary>
internal sealed class HandlingTests
{
    [TestCase(WebhookHandling.AfterAnswer)]
    [TestCase(WebhookHandling.BeforeAnswer)]
    public async Task Receive_TheSameMessageAgain_IsAnsweredAndNotHandled(WebhookHandling handling)
    {
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o => { o.Handling = handling; o.OnAny(arrivals.AddAsync); });
        Assert.That(await host.StatusOfAsync("msg_a"), Is.EqualTo(HttpStatusCode.OK));
        await arrivals.WaitAsync();

        // Handled is not yet remembered: the handler's end and what follows it are two moments.
        var again = await Eventually.BecomesAsync(() => host.StatusOfAsync("msg_a"), status => status != HttpStatusCode.Conflict);
        Assert.That(again, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await host.StatusOfAsync("msg_b"), Is.EqualTo(HttpStatusCode.OK));
        await arrivals.WaitAsync();
        Assert.That(arrivals.Ids, Is.EqualTo(new[] { "msg_a", "msg_b" }));
    }

    [Test]
    public async Task Receive_AReplayAfterTheToleranceButSignedAnew_IsStillADuplicate()
    {
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o => { o.Handling = WebhookHandling.BeforeAnswer; o.OnAny(arrivals.AddAsync); });
        await host.StatusOfAsync("msg_a");
        host.Clock.Advance(TimeSpan.FromHours(20));
        Assert.That(await host.StatusOfAsync("msg_a"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(arrivals.Events, Has.Count.EqualTo(1));
        host.Clock.Advance(TimeSpan.FromHours(5));
        await host.StatusOfAsync("msg_a");
        Assert.That(arrivals.Events, Has.Count.EqualTo(2), "a day has passed");
    }

    [Test]
    public async Task Receive_HandlerFailsBeforeTheAnswer_Is500AndForgotten()
    {
        var calls = 0;
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.Handling = WebhookHandling.BeforeAnswer;
            o.OnAny((_, _) => ++calls < 3 ? throw new InvalidOperationException("not now") : Task.CompletedTask);
        });
        int[] statuses = [.. await Repeat(4, async () => (int)await host.StatusOfAsync("msg_a"))];
        Assert.Multiple(() =>
        {
            Assert.That(statuses, Is.EqualTo(new[] { 500, 500, 200, 200 }));
            Assert.That(calls, Is.EqualTo(3));
            Assert.That(host.Log.Lines.Count(l => l is { Level: LogLevel.Error, Id.Id: 102 } && l.Text.Contains("not now", StringComparison.Ordinal)), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task Receive_HandlerFailsAfterTheAnswer_IsForgottenSoThatItCanComeAgain()
    {
        var calls = 0;
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o => o.OnAny(async (e, token) =>
        {
            await arrivals.AddAsync(e, token);
            if (++calls == 1) throw new InvalidOperationException("not now");
        }));
        Assert.That(await host.StatusOfAsync("msg_a"), Is.EqualTo(HttpStatusCode.OK));
        await arrivals.WaitAsync();
        await Eventually.BecomesAsync(() => host.StatusOfAsync("msg_a"), status => status != HttpStatusCode.Conflict);
        await arrivals.WaitAsync();
        Assert.That(calls, Is.EqualTo(2));
    }

    [Test]
    public async Task Receive_WhileTheSameIsBeingHandled_Is409AndNotHandledTwice()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.Handling = WebhookHandling.BeforeAnswer;
            o.OnAny(async (_, _) =>
            {
                Interlocked.Increment(ref calls);
                entered.TrySetResult();
                await release.Task;
            });
        });
        var first = host.StatusOfAsync("msg_a");
        await entered.Task;
        using (var second = await host.SendAsync(id: "msg_a"))
        {
            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
            Assert.That(second.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(10)));
        }

        release.SetResult();
        Assert.That(await first, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await host.StatusOfAsync("msg_a"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(calls, Is.EqualTo(1));
    }

    [Test]
    public async Task Receive_QueueFull_Is503WithRetryAfterUntilThereIsRoom()
    {
        var release = new SemaphoreSlim(0);
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.QueueCapacity = 3;
            o.MaxConcurrency = 1;
            o.RetryAfter = TimeSpan.FromSeconds(7);
            o.OnAny(async (e, token) =>
            {
                await release.WaitAsync(token);
                await arrivals.AddAsync(e, token);
            });
        });
        foreach (var id in (string[])["a", "b", "c"]) Assert.That(await host.StatusOfAsync(id), Is.EqualTo(HttpStatusCode.OK));
        using (var full = await host.SendAsync(id: "d"))
        {
            Assert.That(full.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(full.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(7)));
        }

        release.Release();
        await arrivals.WaitAsync();
        var status = await Eventually.BecomesAsync(() => host.StatusOfAsync("d"), status => status != HttpStatusCode.ServiceUnavailable);
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), "being turned away leaves no trace");
        release.Release(3);
        await arrivals.WaitAsync(3);
        Assert.That(arrivals.Ids, Is.EqualTo(new[] { "a", "b", "c", "d" }));
        Assert.That(host.Log.Lines.Count(l => l.Id.Id == 104), Is.EqualTo(1));
    }

    [Test]
    public async Task Stop_WhileHandling_WaitsForAllThatWasAnswered()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.MaxConcurrency = 1;
            o.OnAny(async (e, token) =>
            {
                entered.TrySetResult();
                await release.Task;
                await arrivals.AddAsync(e, token);
            });
        });
        foreach (var id in (string[])["a", "b"]) await host.StatusOfAsync(id);
        await entered.Task;
        var stopping = host.StopAsync();
        Assert.That(stopping.IsCompleted, Is.False);
        release.SetResult();
        await stopping;
        Assert.That(arrivals.Ids, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task Stop_ShutdownTimeEnds_InterruptsAndSaysWhatIsLost()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.MaxConcurrency = 1;
            o.OnAny(async (_, token) =>
            {
                entered.TrySetResult();
                await using var registration = token.Register(() => interrupted.TrySetResult());
                await interrupted.Task;
                token.ThrowIfCancellationRequested();
            });
        });
        foreach (var id in (string[])["a", "b", "c"]) await host.StatusOfAsync(id);
        await entered.Task;
        using var end = new CancellationTokenSource();
        var stopping = host.StopAsync(end.Token);
        await end.CancelAsync();
        await stopping.ContinueWith(_ => { }, TaskScheduler.Default);
        await interrupted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(host.Log.Lines.Single(l => l.Id.Id == 105).Text, Does.Contain("2 requests"));
    }

    [Test]
    public async Task Receive_HandlerIsTooSlow_IsCancelledAndFails()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.Handling = WebhookHandling.BeforeAnswer;
            o.HandlerTimeout = TimeSpan.FromSeconds(2);
            o.OnAny(async (_, token) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            });
        });
        var status = host.StatusOfAsync("a");
        await entered.Task;
        host.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.That(await status, Is.EqualTo(HttpStatusCode.InternalServerError));
    }

    [Test]
    public async Task Receive_Batch_IsSplitAndOnlyWhatFailedIsHandledAgain()
    {
        var fails = true;
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.Handling = WebhookHandling.BeforeAnswer;
            o.OnEvent<int>("bad", (e, _, token) => fails ? throw new InvalidOperationException("not now") : arrivals.AddAsync(e, token));
            o.OnAny(arrivals.AddAsync);
        });
        const string Batch = """[{"id":"1","type":"good","data":1},{"id":"2","type":"bad","data":2},{"type":"good","data":3}]""";
        Assert.That(await host.StatusOfAsync("batch", body: Batch), Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(arrivals.Ids, Is.EqualTo(new[] { "1" }));
        fails = false;
        Assert.That(await host.StatusOfAsync("batch", body: Batch), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await host.StatusOfAsync("batch", body: Batch), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(arrivals.Ids, Is.EqualTo(new[] { "1", "2", "batch-2" }), "the third is known by the batch's id and its place");
    }

    [Test]
    public async Task Receive_TypedHandlers_GetTheirTypeInAScopeOfTheirOwn()
    {
        List<string> calls = [];
        Scoped? seen = null;
        await using var host = await ReceiverHost.StartAsync(
            o =>
            {
                o.Handling = WebhookHandling.BeforeAnswer;
                o.OnEvent<Subscriber>("subscriber.created", (e, data, _) =>
                {
                    seen = e.Services.GetRequiredService<Scoped>();
                    Assert.That(e.Services.GetRequiredService<Scoped>(), Is.SameAs(seen));
                    calls.Add($"created {data.Email} {e.MessageId} {e.SignedAt:O} {e.Receiver}");
                    return Task.CompletedTask;
                });
                o.OnEvent<Subscriber>("subscriber.*", (e, data, _) =>
                {
                    calls.Add($"other {e.Event.Type} {data.Email}");
                    return Task.CompletedTask;
                });
            },
            webhooks => webhooks.Services.AddScoped<Scoped>());
        await host.StatusOfAsync("m1");
        await host.StatusOfAsync(body: """{"type":"subscriber.updated","data":{"email":"joan@example.com"}}""");
        Assert.That(await host.StatusOfAsync(body: """{"type":"nobody.cares","data":1}"""), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(calls, Is.EqualTo(new[] { $"created ada@example.com m1 {host.Clock.GetUtcNow():O} /hooks", "other subscriber.updated joan@example.com" }));
        Assert.That(seen!.IsDisposed, Is.True);
    }

    [Test]
    public async Task Receive_DataOfAnotherShape_Is422BeforeTheAnswer()
    {
        await using var host = await ReceiverHost.StartAsync(o => { o.Handling = WebhookHandling.BeforeAnswer; o.OnEvent<Subscriber>("*", (_, _, _) => Task.CompletedTask); });
        Assert.That(await host.StatusOfAsync(body: """{"type":"a","data":[1]}"""), Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task AnswerGone_BeforeTheAnswer_Is410AndHandled()
    {
        var calls = 0;
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.Handling = WebhookHandling.BeforeAnswer;
            o.OnAny((e, _) =>
            {
                calls++;
                e.AnswerGone();
                return Task.CompletedTask;
            });
        });
        Assert.That(await host.StatusOfAsync("a"), Is.EqualTo(HttpStatusCode.Gone));
        Assert.That(calls, Is.EqualTo(1));
    }

    [Test]
    public async Task AnswerGone_AfterTheAnswer_SaysWhatToDo()
    {
        var thrown = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ReceiverHost.StartAsync(o => o.OnAny((e, _) =>
        {
            try
            {
                e.AnswerGone();
            }
            catch (InvalidOperationException fault)
            {
                thrown.SetResult(fault);
            }

            return Task.CompletedTask;
        }));
        await host.StatusOfAsync("a");
        Assert.That((await thrown.Task.WaitAsync(TimeSpan.FromSeconds(30))).Message, Does.Contain("BeforeAnswer").And.Contain("IsGone"));
    }

    [Test]
    public async Task Receive_DialectWithoutIds_HasThoseThatTheHostFinds()
    {
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(o =>
        {
            o.Profile = WebhookProfiles.Stripe;
            o.Handling = WebhookHandling.BeforeAnswer;
            o.FindEventId = e => System.Text.Json.JsonElement.Parse(e.Data.Span).GetProperty("id").GetString();
            o.OnAny(arrivals.AddAsync);
        });
        foreach (var id in (string[])["evt_1", "evt_1", "evt_2"]) (await host.SendAsync($$"""{"id":"{{id}}"}""", profile: WebhookProfiles.Stripe)).Dispose();
        Assert.That(arrivals.Events, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Receive_CloudEventsOfTwoSources_MayHaveOneId()
    {
        var arrivals = new ReceiverHost.Arrivals();
        await using var host = await ReceiverHost.StartAsync(map: app => app.MapWebhookReceiver("/hooks", o =>
        {
            o.Profile = WebhookProfiles.CloudEvents;
            o.AllowUnsigned = true;
            o.Handling = WebhookHandling.BeforeAnswer;
            o.OnAny(arrivals.AddAsync);
        }));
        foreach (var source in (string[])["/a", "/b", "/a"])
        {
            using var response = await host.SendAsync(
                $$"""{"specversion":"1.0","id":"1","source":"{{source}}","type":"t","data":1}""",
                profile: WebhookProfiles.CloudEvents,
                change: r => r.Content!.Headers.ContentType = new("application/cloudevents+json"));
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        Assert.That(arrivals.Events, Has.Count.EqualTo(2));
    }

    [Test]
    public void Dispose_OfTheHostOnAThreadThatLivesOn_LeavesNothingBehind()
    {
        var gone = MapAndDispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.That(gone.IsAlive, Is.False);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MapAndDispose()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddWebhookReceivers();
        var app = builder.Build();
        using var host = app as IDisposable;
        app.MapWebhookReceiver("/hooks", o =>
        {
            o.Secrets.Add(ReceiverHost.Secret);
            o.Handling = WebhookHandling.AfterAnswer;
            o.OnAny((_, _) => Task.CompletedTask);
        });
        return new WeakReference(app.Services);
    }

    private static async Task<List<T>> Repeat<T>(int count, Func<Task<T>> act)
    {
        List<T> results = [];
        for (var i = 0; i < count; i++) results.Add(await act());
        return results;
    }

    private sealed record Subscriber(string Email);

    private sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
