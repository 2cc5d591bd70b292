using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WebhookKit.Testing;

/// <summary>
/// The whole engine for a test: in memory, on a clock that the test moves, sending to a receiver that the test scripts.
/// </summary>
/// <remarks>
/// <code>
/// await using var harness = await WebhookTestHarness.StartAsync(webhooks => webhooks.AddEventType("order.paid", "Fires when an order is paid."));
/// await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["order.*"] });
/// harness.Receiver.Reply(500, 200);
///
/// await harness.Publisher.PublishAsync("order.paid", new { id = 42 });
/// await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
///
/// await harness.AssertDeliveredAsync("order.paid", "https://example.com/hooks");
/// </code>
/// <para>
/// Nothing runs in the background: events go out while <see cref="DrainAsync"/> or <see cref="AdvanceAsync"/> runs, which return
/// when nothing more can happen at the clock's time. Requests that the receiver delays or leaves hanging stay under way between the
/// calls. Move time by <see cref="AdvanceAsync"/>, not by the <see cref="Clock"/> itself, which would jump over what falls due in between.
/// </para>
/// <para>
/// To a request that waits neither for the receiver's script nor for the processor (in a handler of your own, say) the harness gives
/// one second of real time before it takes it to be waiting for the clock.
/// </para>
/// <para>Its members are for one thread at a time; those of its services are for many.</para>
/// </remarks>
public sealed class WebhookTestHarness : IAsyncDisposable
{
    private static readonly TimeSpan SmallestStep = TimeSpan.FromMilliseconds(1);

    private readonly ServiceProvider _services;
    private readonly IHostedService[] _hosted;
    private readonly CountingScheduler _scheduler = new();
    private readonly Stillness _stillness;
    private readonly CancellationTokenSource _stop = new();
    private Task<DrainResult>? _drain;

    private WebhookTestHarness(ServiceProvider services, ManualTimeProvider clock, ScriptedReceiver receiver, InFlight inFlight)
    {
        _services = services;
        _hosted = [.. services.GetServices<IHostedService>()];
        _stillness = new Stillness(_scheduler, inFlight, receiver);
        Clock = clock;
        Receiver = receiver;
        Publisher = services.GetRequiredService<IWebhookPublisher>();
        Subscriptions = services.GetRequiredService<IWebhookSubscriptions>();
        Deliveries = services.GetRequiredService<IWebhookDeliveries>();
    }

    /// <summary>The clock of everything, at first at <see cref="ManualTimeProvider.DefaultStart"/>.</summary>
    public ManualTimeProvider Clock { get; }

    /// <summary>Where all requests go. It answers 200 unless told otherwise.</summary>
    public ScriptedReceiver Receiver { get; }

    /// <summary>Publishes events.</summary>
    public IWebhookPublisher Publisher { get; }

    /// <summary>Manages subscriptions.</summary>
    public IWebhookSubscriptions Subscriptions { get; }

    /// <summary>Shows what happened to deliveries.</summary>
    public IWebhookDeliveries Deliveries { get; }

    /// <summary>All services, the test's own included.</summary>
    public IServiceProvider Services => _services;

    /// <summary>All requests so far, in order of arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => Receiver.Requests;

    /// <summary>Builds the engine and starts it as a host would, the check of its options included.</summary>
    /// <param name="configure">
    /// Adds event types, profiles and whatever the test needs; <c>webhooks.Services</c> takes the test's own services and
    /// <c>Configure&lt;WebhookOptions&gt;</c>.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The harness. Dispose of it at the test's end.</returns>
    public static async Task<WebhookTestHarness> StartAsync(Action<IWebhooksBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        var clock = new ManualTimeProvider();
        var receiver = new ScriptedReceiver(clock);
        var inFlight = new InFlight();

        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        var builder = services.AddWebhooks();
        // The first handler to be added is the outermost.
        builder.HttpClient.AddHttpMessageHandler(() => new InFlightHandler(inFlight));
        configure?.Invoke(builder);
        builder.HttpClient.ConfigurePrimaryHttpMessageHandler(() => receiver);
        services.PostConfigure<WebhookOptions>(options => options.Dispatch = false);

        var harness = new WebhookTestHarness(services.BuildServiceProvider(), clock, receiver, inFlight);
        try
        {
            foreach (var hosted in harness._hosted) await hosted.StartAsync(cancellationToken);
            return harness;
        }
        catch
        {
            await harness._services.DisposeAsync();
            throw;
        }
    }

    /// <summary>The requests to one URL so far, in order of arrival.</summary>
    /// <param name="url">The absolute URL. Its query is left out of account.</param>
    /// <returns>The requests.</returns>
    public IReadOnlyList<ReceivedRequest> RequestsTo(string url) => Receiver.RequestsTo(url);

    /// <summary>Delivers what is due, without moving the clock.</summary>
    /// <returns>When nothing more can happen until the clock moves.</returns>
    public async Task DrainAsync() => await DeliverAsync();

    /// <summary>
    /// Delivers what is due and moves the clock on, stopping wherever something falls due on the way: retries, batches, answers that
    /// the receiver delays, deadlines.
    /// </summary>
    /// <param name="by">How far; not negative.</param>
    /// <returns>When nothing more can happen until the clock moves further.</returns>
    public async Task AdvanceAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = Clock.GetUtcNow() + by;
        while (true)
        {
            var next = await DeliverAsync();
            var now = Clock.GetUtcNow();
            if (now >= target) return;
            // At least a little, lest something that is due but cannot go stop the clock for ever.
            if (next < now + SmallestStep) next = now + SmallestStep;
            Clock.AdvanceTo(next < target ? next.Value : target);
        }
    }

    /// <summary>Checks that events of a type have been delivered.</summary>
    /// <param name="eventType">The event type.</param>
    /// <param name="url">Only to this URL; <see langword="null"/> for anywhere.</param>
    /// <param name="times">How many deliveries there must be; <see langword="null"/> for at least one.</param>
    /// <returns>The deliveries, oldest first.</returns>
    /// <exception cref="WebhookAssertionException">There are others; the message lists what became of the events of that type.</exception>
    public Task<IReadOnlyList<WebhookDelivery>> AssertDeliveredAsync(string eventType, string? url = null, int? times = null) =>
        new DeliveryAssertion(Deliveries, Subscriptions).AssertDeliveredAsync(eventType, url, times);

    /// <summary>Checks that no event of a type has been delivered (it may be pending, or have failed).</summary>
    /// <param name="eventType">The event type.</param>
    /// <param name="url">Only to this URL; <see langword="null"/> for anywhere.</param>
    /// <returns>When it has been checked.</returns>
    /// <exception cref="WebhookAssertionException">There is one; the message lists what became of the events of that type.</exception>
    public Task AssertNotDeliveredAsync(string eventType, string? url = null) => AssertDeliveredAsync(eventType, url, times: 0);

    /// <summary>Interrupts what is under way, and disposes of all services.</summary>
    /// <returns>When it is done.</returns>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_drain is not null) await ((Task)_drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        foreach (var hosted in _hosted.Reverse()) await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        Receiver.Dispose();
        _stop.Dispose();
    }

    /// <returns>When something can happen next; <see langword="null"/> when nothing waits for a time.</returns>
    private async Task<DateTimeOffset?> DeliverAsync()
    {
        _drain ??= Task.Factory.StartNew(
            () => Deliveries.DrainAsync(cancellationToken: _stop.Token).AsTask(), _stop.Token, TaskCreationOptions.None, _scheduler).Unwrap();
        if (!await _stillness.WaitAsync(_drain)) return Clock.NextTimerAt;

        var drained = _drain;
        _drain = null;
        return (await drained).NextDueAt;
    }
}
