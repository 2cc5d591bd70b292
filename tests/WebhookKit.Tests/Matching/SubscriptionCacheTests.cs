using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Matching;
using WebhookKit.Storage.InMemory;
using WebhookKit.Tests.Rules;
using WebhookKit.Tests.Storage;

namespace WebhookKit.Tests.Matching;

public sealed class SubscriptionCacheTests
{
    [Test]
    public async Task Refresh_DeletionsForgottenByTheStore_DropsWhatIsGone()
    {
        await using var harness = await Engine.StartAsync(configure: webhooks => webhooks.UseStore(
            services => new InMemoryWebhookStore(new InMemoryStoreOptions(), services.GetRequiredService<TimeProvider>(), maxDeleted: 1)));
        foreach (var id in new[] { "a", "b", "c" }) await harness.SubscribeAsync(s => s with { Id = id });
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        var cache = harness.Services.GetRequiredService<SubscriptionCache>();
        var known = cache.Current.Version;

        // As another node would: this one hears of it when it looks the next time.
        await store.DeleteSubscriptionAsync("a", harness.Clock.GetUtcNow(), default);
        await store.DeleteSubscriptionAsync("b", harness.Clock.GetUtcNow(), default);
        Assert.That((await store.ReadChangesAsync(known, default)).IsWhole, Is.True);
        var index = await cache.RefreshAsync(default);

        Assert.That(index.All.Select(m => m.Id), Is.EqualTo(new[] { "c" }));
        Assert.That((await harness.PublishAsync()).Deliveries, Is.EqualTo(1));
    }

    [Test]
    public async Task Refresh_CallersContextNeverRuns_TheOthersGoOn()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        var cache = harness.Services.GetRequiredService<SubscriptionCache>();
        var gate = new TaskCompletionSource();
        store.Wait = _ => gate.Task;
        var stuck = new StuckContext().Call(() => cache.RefreshAsync(default).AsTask());
        var other = cache.RefreshAsync(default).AsTask();

        gate.SetResult();
        await other.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await stuck.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Test]
    public async Task Refresh_WholeAndNothingGone_KeepsAll()
    {
        await using var harness = await Engine.StartAsync(configure: webhooks => webhooks.UseStore(
            services => new InMemoryWebhookStore(new InMemoryStoreOptions(), services.GetRequiredService<TimeProvider>(), maxDeleted: 0)));
        var known = await harness.SubscribeAsync(s => s with { Id = "a" });
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        await store.AddSubscriptionAsync(known with { Id = "came and went" }, default);
        await store.AddSubscriptionAsync(known with { Id = "b" }, default);
        await store.DeleteSubscriptionAsync("came and went", harness.Clock.GetUtcNow(), default);

        var index = await harness.Services.GetRequiredService<SubscriptionCache>().RefreshAsync(default);

        Assert.That(index.All.Select(m => m.Id), Is.EquivalentTo(new[] { "a", "b" }));
    }
}
