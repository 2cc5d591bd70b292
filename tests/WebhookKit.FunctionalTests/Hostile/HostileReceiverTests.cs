namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>
/// Receivers that do whatever a socket can do. An attempt ends by its own deadline or before it, says why in words, costs bounded memory,
/// and takes nothing from the healthy endpoint beside it.
/// </summary>
public sealed class HostileReceiverTests
{
    private const int Events = 4;
    private const int MaxAllocatedPerAttempt = 1024 * 1024;
    private const int MaxRetained = 4 * 1024 * 1024;

    [TestCaseSource(typeof(HostileCases), nameof(HostileCases.All))]
    [CancelAfter(60_000)]
    public async Task Attempt_HostileReceiver_EndsInWordsAndInBounds(object receiver, CancellationToken timeout)
    {
        var hostile = (HostileCase)receiver;
        await using var server = SocketServer.Start(hostile.Talk);
        await using var healthy = SocketServer.Start(HostileCase.Answer("HTTP/1.1 204 No Content\r\n\r\n"));
        await using var host = await TestHost.StartAsync(w => w.AddProfile(hostile.Profile));
        var bad = await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = server.Url, EventTypes = ["*"], Profile = hostile.Profile.Name }, timeout);
        var good = await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = healthy.Url, EventTypes = ["*"] }, timeout);
        await PublishAsync(1); // what is made once is not this receiver's cost

        var use = await MemoryUse.OfAsync(() => PublishAsync(Events));

        var attempts = await History.AttemptsAsync(host, bad.Id, timeout);
        TestContext.Out.WriteLine($"{use.Allocated / Events:N0} bytes allocated an attempt, {use.Retained:N0} retained. {attempts[0].Error}");
        Assert.Multiple(() =>
        {
            Assert.That(attempts, Has.Count.EqualTo(Events + 1));
            Assert.That(attempts.Select(a => (a.Outcome, a.StatusCode)).Distinct(), Is.EqualTo(new[] { (hostile.Outcome, hostile.StatusCode) }));
            Assert.That(attempts.Select(a => a.Error), hostile.Words is null ? Is.All.Null : Is.All.Contains(hostile.Words));
            Assert.That(attempts.Select(a => a.ResponseBody ?? ""), Is.All.StartsWith(hostile.BodyStart));
            Assert.That(attempts.Select(a => a.ResponseBody?.Length ?? 0), Is.All.LessThanOrEqualTo(16 * 1024));
            Assert.That(use.Allocated / Events, Is.LessThan(MaxAllocatedPerAttempt));
            Assert.That(use.Retained, Is.LessThan(MaxRetained));
        });
        var deliveries = await History.DeliveriesAsync(host, good.Id, timeout);
        Assert.That(deliveries.ConvertAll(d => (d.Status, d.AttemptCount)), Has.Count.EqualTo(Events + 1).And.All.EqualTo((DeliveryStatus.Succeeded, 1)));

        async Task PublishAsync(int count)
        {
            await host.Publisher.PublishManyAsync("a.b", Enumerable.Range(0, count).Select(i => new { i }), cancellationToken: timeout);
            await host.Deliveries.DrainAsync(cancellationToken: timeout);
        }
    }
}
