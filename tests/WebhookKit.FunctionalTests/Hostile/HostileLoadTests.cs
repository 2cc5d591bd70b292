namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>Thousands of deliveries to receivers of every bad kind, and some good ones between them.</summary>
public sealed class HostileLoadTests
{
    private const int Events = 50;
    private const int Endpoints = 200;
    private const int EndpointsOfAKind = 3;
    private const int MaxRetained = 16 * 1024 * 1024;

    private static readonly RetrySchedule Once = new(TimeSpan.FromMilliseconds(20));

    private readonly List<SocketServer> _servers = [];
    private readonly Dictionary<string, HostileCase?> _kinds = [];

    [TearDown]
    public async Task StopServers()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task TenThousandDeliveries_MixOfHostileReceivers_EndAccountedForAndLeaveNothing(CancellationToken timeout)
    {
        List<WebhookDelivery> deliveries = [];
        var use = await MemoryUse.OfAsync(async () =>
        {
            deliveries = await RunAsync(timeout);
            foreach (var server in _servers) await server.WhenAllClosedAsync();
        });
        TestContext.Out.WriteLine($"{use.Allocated:N0} bytes allocated, {use.Retained:N0} retained, {_servers.Sum(s => s.Accepted):N0} connections");

        Assert.Multiple(() =>
        {
            Assert.That(deliveries.Select(d => d.Id).Distinct().Count(), Is.EqualTo(Events * Endpoints));
            Assert.That(use.Retained, Is.LessThan(MaxRetained));
            foreach (var ofKind in deliveries.GroupBy(d => _kinds[d.SubscriptionId]))
                Assert.That(ofKind.Select(Summary).Distinct(), Is.EqualTo(new[] { Expected(ofKind.Key) }), ofKind.Key?.Name ?? "healthy");
        });
    }

    /// <summary>Whether the head of an answer comes before the deadline is a matter of the machine's load; but what comes is what was sent.</summary>
    private (DeliveryStatus, AttemptOutcome?, int? StatusCode, int Attempts) Summary(WebhookDelivery delivery)
    {
        var hasNoHead = delivery is { LastOutcome: AttemptOutcome.TimedOut, LastStatusCode: null };
        return (delivery.Status, delivery.LastOutcome, hasNoHead ? _kinds[delivery.SubscriptionId]?.StatusCode : delivery.LastStatusCode, delivery.AttemptCount);
    }

    private static (DeliveryStatus, AttemptOutcome?, int? StatusCode, int Attempts) Expected(HostileCase? kind) => kind switch
    {
        null => (DeliveryStatus.Succeeded, AttemptOutcome.Succeeded, 204, 1),
        { Outcome: AttemptOutcome.Succeeded } => (DeliveryStatus.Succeeded, kind.Outcome, kind.StatusCode, 1),
        _ => (DeliveryStatus.Exhausted, kind.Outcome, kind.StatusCode, 2),
    };

    private async Task<List<WebhookDelivery>> RunAsync(CancellationToken timeout)
    {
        await using var host = await TestHost.StartAsync(
            w => w
                .AddProfile(HostileCase.Short with { Timeout = TimeSpan.FromMilliseconds(100), Retry = Once })
                .AddProfile(HostileCase.Long with { Retry = Once })
                .Services.Configure<InMemoryStoreOptions>(s => s.MaxSucceeded = Events * Endpoints),
            o => o.Breaker = new BreakerOptions { OpenFor = TimeSpan.FromMilliseconds(1), MaxOpenFor = TimeSpan.FromMilliseconds(10) });
        foreach (var kind in HostileCases.All) await SubscribeAsync(host, kind, EndpointsOfAKind);
        await SubscribeAsync(host, null, Endpoints - _kinds.Count);

        await host.Publisher.PublishManyAsync("a.b", Enumerable.Range(0, Events).Select(i => new { i }), cancellationToken: timeout);
        while ((await host.Deliveries.ListAsync(new DeliveryQuery { Status = DeliveryStatus.Pending, Limit = 1 }, timeout)).Items.Count > 0)
            await host.Deliveries.DrainAsync(cancellationToken: timeout);

        List<WebhookDelivery> all = [];
        foreach (var id in _kinds.Keys) all.AddRange(await History.DeliveriesAsync(host, id, timeout));
        return all;
    }

    private async Task SubscribeAsync(TestHost host, HostileCase? kind, int count)
    {
        var server = SocketServer.Start(kind?.Talk ?? HostileCase.Answer("HTTP/1.1 204 No Content\r\n\r\n"));
        _servers.Add(server);
        for (var i = 0; i < count; i++)
        {
            var made = await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = server.Url, EventTypes = ["*"], Profile = (kind?.Profile ?? HostileCase.Long).Name });
            _kinds[made.Id] = kind;
        }
    }
}
