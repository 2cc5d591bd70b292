using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WebhookKit.Matching;
using WebhookKit.Publishing;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>
/// Keeps received events in the engine's store until they are handled: each receiver is a subscription of its own tenant, to which its events
/// are addressed, and whose HTTP client calls the receiver's handlers in place of an endpoint.
/// </summary>
internal sealed class Inbox(IWebhookSubscriptions subscriptions, WebhookPublisher publisher)
{
    public const string ClientName = "inbox";
    private const string ProfileName = "Inbox";
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, string> _ready = new(StringComparer.Ordinal);

    public static WebhookProfile CreateProfile(RetrySchedule? retry, TimeSpan? handlerTimeout) => new()
    {
        Name = ProfileName,
        Format = new InboxFormat(),
        Retry = retry ?? WebhookProfiles.StandardWebhooks.Retry,
        Timeout = handlerTimeout ?? DefaultTimeout,
        IsHidden = true,
    };

    /// <summary>Stores the events of a message for a receiver's handlers: all or none, and none that is there already.</summary>
    public async ValueTask TakeAsync(string receiver, int concurrency, ReceivedMessage message, CancellationToken cancellationToken)
    {
        if (!_ready.TryGetValue(receiver, out var id)) _ready[receiver] = id = await SubscribeAsync(receiver, concurrency, cancellationToken);
        var events = new WebhookEvent[message.Events.Count];
        for (var i = 0; i < events.Length; i++) events[i] = Wrap(receiver, message, i);
        await publisher.TakeAsync(events, id, cancellationToken);
    }

    private static string TenantOf(string receiver) => "webhookkit:inbox:" + receiver;

    private static WebhookEvent Wrap(string receiver, ReceivedMessage message, int index)
    {
        var received = message.Events[index];
        return received with
        {
            Id = StoreId.Of(message.Keys[index], isScopeTheTenant: false),
            TenantId = TenantOf(receiver),
            Type = EventTypeName.FaultOf(received.Type) is null ? received.Type : InboxFormat.OtherType,
            Attributes = InboxFormat.Wrap(received, message.MessageId, message.SignedAt),
        };
    }

    private async ValueTask<string> SubscribeAsync(string receiver, int concurrency, CancellationToken cancellationToken)
    {
        var id = "inbox-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(receiver)).AsSpan(0, 12));
        var found = await subscriptions.GetAsync(id, cancellationToken);
        if (found is null)
        {
            try
            {
                await subscriptions.CreateAsync(
                    new NewWebhookSubscription
                    {
                        Id = id,
                        TenantId = TenantOf(receiver),
                        Name = $"Inbox of {receiver}",
                        Url = InboxHandler.UrlOf(receiver),
                        Profile = ProfileName,
                        HttpClient = ClientName,
                        MaxConcurrency = concurrency,
                    },
                    cancellationToken);
            }
            catch (WebhookConflictException)
            {
                // Another request, or another node, was quicker.
            }
        }
        else if (found.MaxConcurrency != concurrency)
        {
            await subscriptions.UpdateAsync(found with { MaxConcurrency = concurrency }, cancellationToken);
        }

        return id;
    }
}
