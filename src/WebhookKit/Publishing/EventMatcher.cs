using WebhookKit.Matching;

namespace WebhookKit.Publishing;

/// <summary>Decides which subscriptions events are owed to, and makes their deliveries.</summary>
internal sealed class EventMatcher(IdSource ids)
{
    /// <summary>Where matches are gathered: matching never waits, so one list for each thread will do.</summary>
    [ThreadStatic]
    private static List<SubscriptionModel>? _matches;

    /// <summary>Matches a batch against an index.</summary>
    /// <exception cref="WebhookValidationException">It is addressed to a subscription that does not exist.</exception>
    public void Match(PublishBatch batch, SubscriptionIndex index)
    {
        var writes = new EventWrite[batch.Events.Length];
        var targets = new SubscriptionModel[batch.Events.Length][];
        var matches = _matches ??= [];
        var tenants = AreOfSeveralTenants(batch.Events);
        for (var i = 0; i < writes.Length; i++)
        {
            var webhookEvent = batch.Events[i];
            matches.Clear();
            if (batch.SubscriptionIds is { } addressed) FindAddressed(addressed, webhookEvent, index, matches);
            else index.Match(webhookEvent, matches);
            targets[i] = [.. matches];
            writes[i] = new EventWrite(webhookEvent, CreateDeliveries(batch, webhookEvent, targets[i]), index.Version)
            {
                PublishedAt = batch.PublishedAt,
                HasNewId = batch.HasNewIds,
                AllTenants = tenants,
                IsAddressed = batch.SubscriptionIds is not null,
            };
        }

        matches.Clear();
        batch.Writes = writes;
        batch.Targets = targets;
    }

    /// <summary>Makes the delivery of an event to a subscription.</summary>
    public WebhookDelivery CreateDelivery(WebhookEvent webhookEvent, string subscriptionId, DateTimeOffset now, TimeSpan? timeToLive) => new()
    {
        Id = ids.NewDeliveryId(),
        EventId = webhookEvent.Id,
        EventType = webhookEvent.Type,
        TenantId = webhookEvent.TenantId,
        SubscriptionId = subscriptionId,
        CreatedAt = now,
        DueAt = now,

        // Beyond the end of time is never.
        ExpiresAt = timeToLive > DateTimeOffset.MaxValue - now ? null : now + timeToLive,
    };

    private static void FindAddressed(
        IReadOnlyCollection<string> addressed, WebhookEvent webhookEvent, SubscriptionIndex index, List<SubscriptionModel> matches)
    {
        foreach (var id in addressed.Distinct(StringComparer.Ordinal))
        {
            if (index.Find(id) is not { } model || model.Subscription.TenantId != webhookEvent.TenantId)
            {
                throw new WebhookValidationException(
                    nameof(PublishOptions.SubscriptionIds),
                    $"There is no subscription '{id}' in tenant {Describe(webhookEvent.TenantId)}. Address events to subscriptions of their own tenant.");
            }

            if (model.Subscription.Status != SubscriptionStatus.Disabled) matches.Add(model);
        }
    }

    private WebhookDelivery[] CreateDeliveries(PublishBatch batch, WebhookEvent webhookEvent, SubscriptionModel[] targets)
    {
        if (targets.Length == 0) return [];
        var deliveries = new WebhookDelivery[targets.Length];
        for (var i = 0; i < deliveries.Length; i++)
            deliveries[i] = CreateDelivery(webhookEvent, targets[i].Id, batch.PublishedAt, batch.TimeToLive);
        return deliveries;
    }

    private static bool AreOfSeveralTenants(WebhookEvent[] events)
    {
        for (var i = 1; i < events.Length; i++)
        {
            if (events[i].TenantId != events[0].TenantId) return true;
        }

        return false;
    }

    private static string Describe(string? tenantId) => tenantId is null ? "null" : $"'{tenantId}'";
}
