namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>What hostile receivers make necessary costs the others no connection.</summary>
public sealed class ConnectionReuseTests
{
    private const int MaxConcurrency = 8;

    private readonly TestCertificates _certificates = new();

    [OneTimeTearDown]
    public void DisposeCertificates() => _certificates.Dispose();

    [Test]
    [CancelAfter(120_000)]
    public async Task Connections_ThousandDeliveriesToOneHost_AreNoMoreThanRequestsAtOnce([Values] bool hasTls, CancellationToken timeout)
    {
        await using var server = SocketServer.Start(HostileCase.Answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), hasTls ? _certificates.Server() : null);
        await using var host = await TestHost.StartAsync(w => w.HttpClient.ConfigurePrimaryHttpMessageHandler((handler, _) =>
            ((SocketsHttpHandler)handler).SslOptions.CertificateChainPolicy = _certificates.TrustPolicy));
        var made = await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = server.Url, EventTypes = ["*"], MaxConcurrency = MaxConcurrency }, timeout);

        await host.Publisher.PublishManyAsync("a.b", Enumerable.Range(0, 1000).Select(i => new { i }), cancellationToken: timeout);
        await host.Deliveries.DrainAsync(cancellationToken: timeout);

        var deliveries = await History.DeliveriesAsync(host, made.Id, timeout);
        Assert.Multiple(() =>
        {
            Assert.That(deliveries.ConvertAll(d => (d.Status, d.AttemptCount)), Has.Count.EqualTo(1000).And.All.EqualTo((DeliveryStatus.Succeeded, 1)));
            Assert.That(server.Accepted, Is.LessThanOrEqualTo(MaxConcurrency));
        });
    }

    [Test]
    public async Task Connections_HostDisposed_AreClosed()
    {
        await using var server = SocketServer.Start(HostileCase.Answer("HTTP/1.1 204 No Content\r\n\r\n"));
        await HostileHost.AttemptOnceAsync(server.Url, HostileCase.Long);

        await server.WhenAllClosedAsync();

        Assert.That(server.Accepted, Is.EqualTo(1));
    }
}
