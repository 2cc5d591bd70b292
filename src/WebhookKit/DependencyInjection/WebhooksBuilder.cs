using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WebhookKit.Sending;

namespace WebhookKit.DependencyInjection;

internal sealed class WebhooksBuilder(IServiceCollection services, IHttpClientBuilder httpClient) : IWebhooksBuilder
{
    public IServiceCollection Services => services;

    public IHttpClientBuilder HttpClient => httpClient;

    public IHttpClientBuilder AddHttpClient(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 64, nameof(name));
        services.AddSingleton(new ClientName(name));
        return HttpClientSetup.Configure(services.AddHttpClient(HttpSender.NameOf(name)));
    }

    public IWebhooksBuilder UseSecretProtector(Func<IServiceProvider, ISecretProtector> factory)
    {
        services.Replace(ServiceDescriptor.Singleton(factory));
        return this;
    }

    public IWebhooksBuilder AllowLoopback()
    {
        services.Configure<WebhookOptions>(static options => options.Guard.AllowLoopback = true);
        return this;
    }

    public IWebhooksBuilder AddEventType(string name, string description, bool batchingRequired) =>
        Add(new WebhookEventType(name, description, batchingRequired));

    public IWebhooksBuilder AddEventType<TEvent>(string name, string description, bool batchingRequired)
        where TEvent : class =>
        Add(new WebhookEventType(name, description, batchingRequired, typeof(TEvent)));

    public IWebhooksBuilder AddEventTypes(IEnumerable<WebhookEventType> eventTypes)
    {
        ArgumentNullException.ThrowIfNull(eventTypes);
        foreach (var eventType in eventTypes) Add(eventType);
        return this;
    }

    public IWebhooksBuilder AddProfile(WebhookProfile profile) => Add(profile);

    public IWebhooksBuilder AddSubscription(NewWebhookSubscription subscription) => Add(subscription);

    public IWebhooksBuilder AddObserver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>()
        where TObserver : class, IWebhookObserver
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWebhookObserver, TObserver>());
        return this;
    }

    public IWebhooksBuilder UseStore(Func<IServiceProvider, IWebhookStore> factory)
    {
        services.Replace(ServiceDescriptor.Singleton(factory));
        return this;
    }

    public IWebhooksBuilder UseScheduler(Func<IServiceProvider, IDeliveryScheduler> factory)
    {
        services.Replace(ServiceDescriptor.Singleton(factory));
        return this;
    }

    private WebhooksBuilder Add<T>(T instance)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(instance);
        services.AddSingleton(instance);
        return this;
    }
}
