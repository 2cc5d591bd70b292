using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace WebhookKit;

/// <summary>Says what a host's webhooks are made of.</summary>
public interface IWebhooksBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>The named <see cref="System.Net.Http.HttpClient"/> that sends the requests, to add handlers to it or to change its
    /// primary one. Who replaces that replaces the guard with it (docs/security.md).</summary>
    IHttpClientBuilder HttpClient { get; }

    /// <summary>
    /// Adds an HTTP client beside the usual one, with the same guard, for subscriptions and profiles that name it: one that shows a client
    /// certificate, or trusts a root of its own. docs/security.md shows how.
    /// </summary>
    /// <param name="name">The name, 1 to 64 characters.</param>
    /// <returns>The client's builder. Change its handler by <c>ConfigurePrimaryHttpMessageHandler((handler, _) =&gt; …)</c>, which keeps the guard.</returns>
    IHttpClientBuilder AddHttpClient(string name);

    /// <summary>Protects secrets at rest, in whatever store.</summary>
    /// <param name="factory">Makes the protector, once.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder UseSecretProtector(Func<IServiceProvider, ISecretProtector> factory);

    /// <summary>
    /// Lets requests go to this machine (127.0.0.0/8, ::1, <c>localhost</c>), by http too: for development and tests. Everything else that
    /// is not public stays forbidden; <see cref="WebhookOptions.Guard"/> opens more.
    /// </summary>
    /// <returns>This builder.</returns>
    IWebhooksBuilder AllowLoopback();

    /// <summary>Adds an event type to the catalogue.</summary>
    /// <param name="name">Its name, such as <c>subscriber.created</c>.</param>
    /// <param name="description">When it fires, in words for those who choose it.</param>
    /// <param name="batchingRequired">Whether only subscriptions that batch may receive it.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder AddEventType(string name, string description, bool batchingRequired = false);

    /// <summary>Adds an event type to the catalogue and binds a CLR type to it, for typed publishing.</summary>
    /// <typeparam name="TEvent">The CLR type of its data.</typeparam>
    /// <param name="name">Its name, such as <c>subscriber.created</c>.</param>
    /// <param name="description">When it fires, in words for those who choose it.</param>
    /// <param name="batchingRequired">Whether only subscriptions that batch may receive it.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder AddEventType<TEvent>(string name, string description, bool batchingRequired = false)
        where TEvent : class;

    /// <summary>Adds ready event types to the catalogue.</summary>
    /// <param name="eventTypes">The event types.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder AddEventTypes(IEnumerable<WebhookEventType> eventTypes);

    /// <summary>Adds a profile, or replaces the one with its name.</summary>
    /// <param name="profile">The profile.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder AddProfile(WebhookProfile profile);

    /// <summary>
    /// Declares a subscription in code. It is created when the host starts if there is none with its id, and changed if what is
    /// declared has changed; its status and secrets are then left as they are.
    /// </summary>
    /// <param name="subscription">The subscription; its id is required.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder AddSubscription(NewWebhookSubscription subscription);

    /// <summary>Adds an observer, made once by the host's container.</summary>
    /// <typeparam name="TObserver">The observer's type.</typeparam>
    /// <returns>This builder.</returns>
    IWebhooksBuilder AddObserver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>()
        where TObserver : class, IWebhookObserver;

    /// <summary>Keeps everything in a store of the host's choice instead of in memory.</summary>
    /// <param name="factory">Makes the store, once.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder UseStore(Func<IServiceProvider, IWebhookStore> factory);

    /// <summary>Lets a scheduler of the host's choice say which lane gets its turn when.</summary>
    /// <param name="factory">Makes the scheduler, once.</param>
    /// <returns>This builder.</returns>
    IWebhooksBuilder UseScheduler(Func<IServiceProvider, IDeliveryScheduler> factory);
}
