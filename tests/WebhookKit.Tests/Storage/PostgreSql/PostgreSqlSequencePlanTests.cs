using NUnit.Framework;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>By which index the server reads a lane in sequence.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlSequencePlanTests : PostgreSqlFixture
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private const int MaxLooks = 1000;

    /// <summary>The index of events gives the order, but holds the deliveries of all lanes, also those that have ended: each read went through all of them.</summary>
    [Test]
    public async Task ReadAsync_InSequence_GoesByTheIndexOfWhatIsPendingOfTheLane()
    {
        await using (var store = CreateStore())
        {
            await store.InitializeAsync(default);
            var read = (await store.ReadAsync([new LaneRead("sub", 16, InSequence: true)], default))[0];
            Assert.That(read, Is.Empty);
        }

        // The server counts what a connection has done when that has ended.
        for (var looks = 0; looks < MaxLooks && await CountScansAsync("webhook_run_due") + await CountScansAsync("webhook_run_pkey") == 0; looks++) await Task.Delay(Pause);
        Assert.That(await CountScansAsync("webhook_delivery_event"), Is.Zero);
        Assert.That(await CountScansAsync("webhook_delivery_due"), Is.Positive);
        Assert.That(await CountScansAsync("webhook_run_pkey"), Is.Zero);
        Assert.That(await CountScansAsync("webhook_run_due"), Is.Positive);
    }

    private Task<long> CountScansAsync(string index) =>
        ScalarAsync<long>($"SELECT idx_scan FROM pg_stat_user_indexes WHERE schemaname = '{Schema.Name}' AND indexrelname = '{index}'");
}
