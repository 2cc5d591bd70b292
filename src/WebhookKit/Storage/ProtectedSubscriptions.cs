using WebhookKit.Diagnostics;

namespace WebhookKit.Storage;

/// <summary>The store's subscriptions with their secrets protected on the way in and readable on the way out, whatever the store.</summary>
internal sealed class ProtectedSubscriptions(ISubscriptionStore inner, ISecretProtector protector, SafeLogger<ProtectedSubscriptions> logger) : ISubscriptionStore
{
    public async ValueTask<SubscriptionChanges> ReadChangesAsync(long since, CancellationToken cancellationToken)
    {
        var changes = await inner.ReadChangesAsync(since, cancellationToken);
        return changes with { Changed = [.. changes.Changed.Select(Read)] };
    }

    public async ValueTask<WebhookSubscription?> GetSubscriptionAsync(string id, CancellationToken cancellationToken) =>
        ReadIfAny(await inner.GetSubscriptionAsync(id, cancellationToken));

    public ValueTask<IReadOnlyList<FailingEndpoint>> ListFailingAsync(CancellationToken cancellationToken) => inner.ListFailingAsync(cancellationToken);

    public async ValueTask<Page<WebhookSubscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellationToken)
    {
        var page = await inner.ListSubscriptionsAsync(query, cancellationToken);
        return page with { Items = [.. page.Items.Select(Read)] };
    }

    public async ValueTask<WebhookSubscription?> AddSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        ReadIfAny(await inner.AddSubscriptionAsync(Map(subscription, Protect), cancellationToken));

    public async ValueTask<WebhookSubscription?> UpdateSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        ReadIfAny(await inner.UpdateSubscriptionAsync(Map(subscription, Protect), cancellationToken));

    public ValueTask<bool> DeleteSubscriptionAsync(string id, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.DeleteSubscriptionAsync(id, now, cancellationToken);

    private WebhookSubscription? ReadIfAny(WebhookSubscription? stored) => stored is null ? null : Read(stored);

    private WebhookSubscription Read(WebhookSubscription stored) => Map(stored, (text, of) =>
    {
        try
        {
            return protector.Unprotect(text, of.TenantId);
        }
        catch (Exception cause)
        {
            Log.SecretUnreadable(logger, of.Id, cause);
            return UnreadableText.Mark(text);
        }
    });

    private string Protect(string text, WebhookSubscription of) => UnreadableText.IsMarked(text) ? UnreadableText.Unmark(text) : protector.Protect(text, of.TenantId);

    private static WebhookSubscription Map(WebhookSubscription subscription, Func<string, WebhookSubscription, string> map) => subscription with
    {
        Secrets = [.. subscription.Secrets.Select(s => s with { Value = map(s.Value, subscription) })],
        Headers = subscription.Headers.Count == 0
            ? subscription.Headers
            : subscription.Headers.ToDictionary(h => h.Key, h => map(h.Value, subscription), StringComparer.Ordinal),
    };
}
