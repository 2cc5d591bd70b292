using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Management;
using WebhookKit.Tests.Rules;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Publishing;

/// <summary>What reaches the store.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PublishWriteTests
{
    private static readonly WebhookEvent Prepared = new() { Type = Created, Data = "1"u8.ToArray() };
    private static readonly PublishOptions Named = new() { EventId = "order-1" };

    private FaultyStore _store = null!;

    [Test]
    public async Task PublishAsync_IdMadeHere_IsSaidToBeNew()
    {
        await using var engine = await BeginAsync();

        await engine.Publisher.PublishAsync(Created, 1);
        await engine.Publisher.PublishAsync(new CampaignOpened("c", 1));
        await engine.Publisher.PublishJsonAsync(Created, "1"u8.ToArray());
        await engine.Publisher.PublishManyAsync(Created, [1, 2]);
        await engine.Publisher.PublishAsync(Prepared);
        await engine.Publisher.PublishManyAsync([Prepared, Prepared]);

        Assert.That(SaidToBeNew(), Has.Length.EqualTo(8).And.All.True);
    }

    [Test]
    public async Task PublishAsync_IdOfTheCaller_IsNotSaidToBeNew()
    {
        await using var engine = await BeginAsync();

        await engine.Publisher.PublishAsync(Created, 1, Named);
        await engine.Publisher.PublishAsync(new CampaignOpened("c", 1), Named);
        await engine.Publisher.PublishJsonAsync(Created, "1"u8.ToArray(), Named);
        await engine.Publisher.PublishAsync(Prepared, Named);
        await engine.Publisher.PublishAsync(Prepared with { Id = "order-2" });
        await engine.Publisher.PublishManyAsync([Prepared, Prepared with { Id = "order-3" }]);

        Assert.That(SaidToBeNew(), Has.Length.EqualTo(7).And.All.False);
    }

    [Test]
    public async Task PublishManyAsync_WaitForOneAnother_AreWrittenTogetherUpTo32Megabytes()
    {
        await using var engine = await BeginAsync(o => o.MaxEventBytes = 1024 * 1024);
        var first = new TaskCompletionSource();
        _store.Wait = method => method == nameof(IDeliveryQueue.PublishAsync) ? first.Task : Task.CompletedTask;
        ReadOnlyMemory<byte> megabyte = (byte[])[.. Enumerable.Repeat((byte)'1', 1024 * 1024)];

        List<Task> publishing = [engine.Publisher.PublishAsync(Created, 1).AsTask()];
        foreach (var megabytes in (int[])[16, 16, 1])
            publishing.Add(engine.Publisher.PublishManyAsync(Enumerable.Repeat(Prepared with { Data = megabyte }, megabytes)).AsTask());
        first.SetResult();
        await Task.WhenAll(publishing);

        Assert.That(_store.Writes.Select(w => w.Count), Is.EqualTo(new[] { 1, 32, 1 }));
    }

    private Task<WebhookTestHarness> BeginAsync(Action<WebhookOptions>? options = null) =>
        TestEngine.StartAsync(options, w => w.UseStore(services => _store = new FaultyStore(services.GetRequiredService<TimeProvider>())));

    private bool[] SaidToBeNew() => [.. _store.Writes.SelectMany(w => w).Select(w => w.HasNewId)];
}
