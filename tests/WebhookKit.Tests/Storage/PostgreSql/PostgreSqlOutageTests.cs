using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Publishing while the server cannot be reached.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlOutageTests : PostgreSqlFixture, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly ManualTimeProvider _clock = new();
    private readonly StoreWrites _writes = new();
    private BreakableWay? _way;

    private BreakableWay Way => _way!;

    public void Dispose() => _way?.Dispose();

    /// <summary>Each group of callers waited anew, one after another.</summary>
    [Test]
    public async Task PublishAsync_PatienceIsUsedUpAlready_ThrowsAtOnce()
    {
        await using var store = await StartAsync();
        Way.Break();
        await EndAsync(store.PublishAsync([_writes.Write("1")], null, default).AsTask());
        _clock.Advance(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<WebhookStoreException>(async () => await store.PublishAsync([_writes.Write("2")], null, default));
    }

    [Test]
    public async Task PublishAsync_AnotherOutage_WaitsAnew()
    {
        await using var store = await StartAsync();
        Way.Break();
        await EndAsync(store.PublishAsync([_writes.Write("1")], null, default).AsTask());
        Way.Mend();
        await store.PublishAsync([_writes.Write("2")], null, default);
        Way.Break();

        var began = _clock.GetTimestamp();
        await EndAsync(store.PublishAsync([_writes.Write("3")], null, default).AsTask());

        Assert.That(_clock.GetElapsedTime(began), Is.GreaterThan(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task PublishAsync_NobodyHasTriedForLong_WaitsAnew()
    {
        await using var store = await StartAsync();
        Way.Break();
        await EndAsync(store.PublishAsync([_writes.Write("1")], null, default).AsTask());
        _clock.Advance(TimeSpan.FromMinutes(1));

        var began = _clock.GetTimestamp();
        await EndAsync(store.PublishAsync([_writes.Write("2")], null, default).AsTask());

        Assert.That(_clock.GetElapsedTime(began), Is.GreaterThan(TimeSpan.FromSeconds(1)));
    }

    /// <summary>The second of two that had one id counted as stored after a retry, and its data was sent.</summary>
    [Test]
    public async Task PublishAsync_SameIdTwiceAndTriedAgain_OnlyTheFirstIsStored()
    {
        await using var store = await StartAsync();
        Way.Break();
        var publishing = store.PublishAsync([_writes.Write("e"), _writes.Write("e")], null, default).AsTask();
        while (Way.Refused == 0 && !publishing.IsCompleted) await PassAsync();
        Way.Mend();
        await PassUntilAsync(publishing);

        Assert.That((await publishing).Select(r => r.Status), Is.EqualTo([EventWriteStatus.Stored, EventWriteStatus.Duplicate]));
    }

    /// <summary>What holds up a second try may be the first, whose end the server has not noticed.</summary>
    [Test]
    public async Task PublishAsync_TriedAgainAndHeldUp_GoesOn()
    {
        await using var store = await StartAsync(TimeSpan.FromMinutes(10));
        await using var first = await RivalTransaction.BeginAsync(Schema.ConnectionString);
        await store.PublishAsync([_writes.Write("e")], first.Transaction, default);
        Way.Break();
        var publishing = store.PublishAsync([_writes.Write("e")], null, default).AsTask();
        while (Way.Refused == 0 && !publishing.IsCompleted) await PassAsync();
        Way.Mend();

        await PassUntilAsync(first.WhenWaitedForAsync(publishing));
        await first.WhenGivenUpAsync(publishing);
        await first.RollbackAsync();
        await PassUntilAsync(publishing);

        Assert.That((await publishing).Single().Status, Is.EqualTo(EventWriteStatus.Stored));
    }

    /// <summary>A server that ends connections which nobody uses for a while (<c>idle_session_timeout</c>) is there all the same.</summary>
    [Test]
    public async Task PublishAsync_ServerHasEndedTheIdleConnection_IsStored()
    {
        await using var store = CreateStore(o => o.ConnectionString = $"{Schema.ConnectionString};Options=-c idle_session_timeout=200;Application Name={Schema.Name}");
        await store.InitializeAsync(default);
        while (await ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{Schema.Name}'") > 0) await Task.Delay(Pause);

        Assert.That((await store.PublishAsync([_writes.Write("e")], null, default)).Single().Status, Is.EqualTo(EventWriteStatus.Stored));
    }

    private async Task<PostgreSqlWebhookStore> StartAsync(TimeSpan? patience = null)
    {
        _way = new BreakableWay(Schema.ConnectionString);
        var store = new PostgreSqlWebhookStore(
            new PostgreSqlStoreOptions { ConnectionString = _way.ConnectionString, Schema = Schema.Name, PublishPatience = patience ?? TimeSpan.FromSeconds(3) }, _clock);
        await store.InitializeAsync(default);
        return store;
    }

    /// <summary>Lets the time pass until the call has thrown.</summary>
    private async Task EndAsync(Task call)
    {
        await PassUntilAsync(call);
        await Assert.ThrowsAsync<WebhookStoreException>(() => call);
    }

    private async Task PassUntilAsync(Task task)
    {
        while (!task.IsCompleted) await PassAsync();
    }

    private async Task PassAsync()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        await Task.Delay(Pause);
    }
}
