using Microsoft.Extensions.DependencyInjection;
using WebhookKit.AspNetCore.Receiving;

namespace WebhookKit;

/// <summary>Lets received webhooks be kept in the engine's store until they are handled.</summary>
public static class WebhookInboxExtensions
{
    /// <summary>
    /// Adds the inbox: receivers with <see cref="WebhookHandling.FromStore"/> store what they receive, and the engine calls their handlers, as
    /// if they were an endpoint, until they succeed. Each node that dispatches has to map these receivers.
    /// </summary>
    /// <param name="webhooks">The webhooks.</param>
    /// <param name="retry">When an event is handled again whose handler failed; <see langword="null"/> for nine times over 75 hours, as Standard Webhooks has it.</param>
    /// <param name="handlerTimeout">The longest that a handler may take, 100 ms to 5 minutes; <see langword="null"/> for half a minute.</param>
    /// <returns>The webhooks.</returns>
    public static IWebhooksBuilder AddInbox(this IWebhooksBuilder webhooks, RetrySchedule? retry = null, TimeSpan? handlerTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(webhooks);
        webhooks.Services.AddWebhookReceivers();
        webhooks.AddProfile(Inbox.CreateProfile(retry, handlerTimeout));
        if (webhooks.Services.Any(d => d.ServiceType == typeof(Inbox))) return webhooks;
        webhooks.Services.AddSingleton<Inbox>();
        webhooks.AddHttpClient(Inbox.ClientName).ConfigurePrimaryHttpMessageHandler(static services => new InboxHandler(services.GetRequiredService<ReceiverSet>()));
        return webhooks;
    }
}
