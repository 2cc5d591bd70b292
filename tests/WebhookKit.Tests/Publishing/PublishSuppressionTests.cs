using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Publishing;

public sealed class PublishSuppressionTests
{
    [Test]
    public async Task SuppressPublishing_Within_StoresNothingAndSaysSo()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync();

        using (engine.Publisher.SuppressPublishing())
        {
            var named = await engine.PublishAsync(new PublishOptions { EventId = "e1" });
            WebhookEvent unnamed = new() { Type = Created, Data = "1"u8.ToArray() };
            var many = await engine.Publisher.PublishManyAsync([unnamed, unnamed]);

            Assert.That(named, Is.EqualTo(new PublishReceipt("e1", 0, IsDuplicate: false) { IsSuppressed = true }));
            Assert.That(many, Has.Count.EqualTo(2).And.All.Property(nameof(PublishReceipt.IsSuppressed)).True);
            Assert.That(many.Select(r => r.EventId), Is.Unique.And.All.Match("^msg_[0-9a-f]{32}$"));
        }

        Assert.That(await engine.EventsAsync(), Is.Empty);
        Assert.That(await IsSuppressedAsync(engine), Is.False);
    }

    [Test]
    public async Task SuppressPublishing_BadInput_IsStillRefused()
    {
        await using var engine = await StartAsync();
        using var scope = engine.Publisher.SuppressPublishing();

        Assert.That(async () => await engine.Publisher.PublishAsync("nope", 1), Throws.TypeOf<WebhookValidationException>());
    }

    [Test]
    public async Task SuppressPublishing_Nested_EndsWithTheLast()
    {
        await using var engine = await StartAsync();
        var outer = engine.Publisher.SuppressPublishing();
        var inner = engine.Publisher.SuppressPublishing();

        inner.Dispose();
        inner.Dispose();
        Assert.That(await IsSuppressedAsync(engine), Is.True);
        outer.Dispose();
        Assert.That(await IsSuppressedAsync(engine), Is.False);
    }

    [Test]
    public async Task SuppressPublishing_EndedInAnyOrder_LastsUntilAllHaveEnded()
    {
        await using var engine = await StartAsync();
        var outer = engine.Publisher.SuppressPublishing();
        var inner = engine.Publisher.SuppressPublishing();

        outer.Dispose();
        Assert.That(await IsSuppressedAsync(engine), Is.True);
        inner.Dispose();
        Assert.That(await IsSuppressedAsync(engine), Is.False);
    }

    [Test]
    public async Task SuppressPublishing_FlowsBeganWithin_FollowTheScope()
    {
        await using var engine = await StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> child;
        Task<bool> late;
        using (engine.Publisher.SuppressPublishing())
        {
            child = Task.Run(() => IsSuppressedAsync(engine));
            late = WhenAsync(go.Task, engine);
            Assert.That(await child, Is.True);
        }

        go.SetResult();
        Assert.That(await late, Is.False, "the scope has ended for it too");
    }

    [Test]
    public async Task SuppressPublishing_FlowsBesideIt_AreNotAffected()
    {
        await using var engine = await StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var beside = WhenAsync(go.Task, engine);

        using (engine.Publisher.SuppressPublishing())
        {
            go.SetResult();
            Assert.That(await beside, Is.False);
            Assert.That(await IsSuppressedAsync(engine), Is.True);
        }
    }

    [Test]
    public async Task SuppressPublishing_BegunInACallee_DoesNotReachTheCaller()
    {
        await using var engine = await StartAsync();

        await BeginAndForgetAsync();

        Assert.That(await IsSuppressedAsync(engine), Is.False);

        async Task BeginAndForgetAsync()
        {
            engine.Publisher.SuppressPublishing();
            Assert.That(await IsSuppressedAsync(engine), Is.True);
        }
    }

    private static async Task<bool> WhenAsync(Task go, WebhookTestHarness engine)
    {
        await go;
        return await IsSuppressedAsync(engine);
    }

    private static async Task<bool> IsSuppressedAsync(WebhookTestHarness engine) => (await engine.PublishAsync()).IsSuppressed;
}
