using WebhookKit.Matching;
using WebhookKit.Profiles;

namespace WebhookKit.Management;

/// <summary>Brings the subscriptions that are declared in code into the store.</summary>
internal sealed class DeclaredSubscriptions(
    IEnumerable<NewWebhookSubscription> declared, ISubscriptionStore store, SubscriptionDraft drafts, SubscriptionValidator validator, ProfileRegistry profiles, TimeProvider time)
{
    private const int MaxTries = 10;

    /// <summary>Creates those that are missing and changes those that differ.</summary>
    /// <returns>Whether there were any.</returns>
    public async ValueTask<bool> ApplyAsync(CancellationToken cancellationToken)
    {
        var changed = false;
        foreach (var wanted in declared)
        {
            var draft = drafts.Create(wanted);
            validator.Check(draft);
            changed |= await ApplyAsync(draft, cancellationToken);
        }

        return changed;
    }

    private async ValueTask<bool> ApplyAsync(WebhookSubscription draft, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var current = await store.GetSubscriptionAsync(draft.Id, cancellationToken);
            if (current is null)
            {
                if (await store.AddSubscriptionAsync(draft, cancellationToken) is not null) return true;
            }
            else
            {
                if (current.TenantId != draft.TenantId)
                {
                    throw new WebhookConflictException(
                        $"The subscription '{draft.Id}' is declared for tenant {Quote.Of(draft.TenantId)}, but is stored for tenant {Quote.Of(current.TenantId)}. "
                        + "Declare it under another id, or delete the stored one.");
                }

                // Two nodes that start at once declare the same: whoever comes second finds nothing to change.
                if (IsAsDeclared(current, draft)) return false;
                var changed = SubscriptionDraft.Merge(current, draft) with { UpdatedAt = time.GetUtcNow() };
                if (UserInfo.AreSecretsOfAnother(current, profiles.Find(current.Profile), draft, profiles.Find(draft.Profile))) changed = changed with { Secrets = draft.Secrets };
                if (await store.UpdateSubscriptionAsync(changed, cancellationToken) is not null) return true;
            }
        }

        throw new WebhookConflictException($"The declared subscription '{draft.Id}' keeps changing in the store. Is it declared differently on another node?");
    }

    private static bool IsAsDeclared(WebhookSubscription current, WebhookSubscription draft) =>
        current.EventTypes.SequenceEqual(draft.EventTypes)
        && ProfileSettings.AreSame(current.Settings, draft.Settings)
        && ProfileSettings.AreSame(current.Headers, draft.Headers)
        && SubscriptionDraft.Merge(current, draft) with { EventTypes = current.EventTypes, Settings = current.Settings, Headers = current.Headers } == current;
}
