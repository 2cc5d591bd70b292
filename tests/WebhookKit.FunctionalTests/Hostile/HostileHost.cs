namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>A host with one subscription, and what became of the attempts for it.</summary>
internal sealed class HostileHost : IAsyncDisposable
{
    private readonly TestHost _host;
    private readonly WebhookSubscription _subscription;

    private HostileHost(TestHost host, WebhookSubscription subscription) => (_host, _subscription) = (host, subscription);

    public static async Task<HostileHost> StartAsync(Uri url, WebhookProfile profile, Action<IWebhooksBuilder>? configure = null, Action<WebhookOptions>? options = null)
    {
        var host = await TestHost.StartAsync(
            w =>
            {
                w.AddProfile(profile);
                configure?.Invoke(w);
            },
            options);
        return new HostileHost(host, await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = url, EventTypes = ["*"], Profile = profile.Name }));
    }

    /// <summary>Publishes an event and returns the attempt that it gets.</summary>
    public async Task<DeliveryAttempt> AttemptAsync(object? data = null)
    {
        var receipt = await _host.Publisher.PublishAsync("a.b", data ?? new { });
        await _host.Deliveries.DrainAsync();
        var delivery = (await _host.Deliveries.ListAsync(new DeliveryQuery { EventId = receipt.EventId, SubscriptionId = _subscription.Id })).Items.Single();
        return (await _host.Deliveries.GetAttemptsAsync(delivery.Id)).Single();
    }

    /// <summary>Starts a host, makes one attempt and stops.</summary>
    public static async Task<DeliveryAttempt> AttemptOnceAsync(Uri url, WebhookProfile profile, Action<IWebhooksBuilder>? configure = null)
    {
        await using var host = await StartAsync(url, profile, configure);
        return await host.AttemptAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
