using WebhookKit.Profiles;
using WebhookKit.Publishing;

namespace WebhookKit.Management;

/// <summary>Makes subscriptions from what hosts say.</summary>
internal sealed class SubscriptionDraft(ProfileRegistry profiles, IdSource ids, WebhookOptions options, TimeProvider time)
{
    /// <summary>Makes a new subscription, with the defaults of its profile filled in and a secret if its signer wants one.</summary>
    public WebhookSubscription Create(NewWebhookSubscription wanted)
    {
        var now = time.GetUtcNow();
        var profileName = wanted.Profile ?? options.DefaultProfile;
        var profile = profiles.Find(profileName);
        var secret = wanted.Secret ?? profile?.Signer?.GenerateSecret();
        return new WebhookSubscription
        {
            Id = wanted.Id ?? ids.NewSubscriptionId(),
            TenantId = wanted.TenantId,
            Name = wanted.Name,
            Url = wanted.Url,
            EventTypes = wanted.EventTypes is null ? null! : [.. wanted.EventTypes],
            Filter = wanted.Filter,
            Profile = profileName,
            Secrets = secret is null ? [] : [new WebhookSecret { Value = secret }],
            Batching = wanted.Batching ?? profile?.Batching,
            Order = wanted.Order,
            MaxConcurrency = wanted.MaxConcurrency,
            RateLimit = wanted.RateLimit,
            Status = wanted.Status,
            StatusChangedAt = now,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>The same with another assigned id.</summary>
    public WebhookSubscription WithNewId(WebhookSubscription draft) => draft with { Id = ids.NewSubscriptionId() };

    /// <summary>The current subscription with all that may be changed by hand taken from another.</summary>
    public static WebhookSubscription Merge(WebhookSubscription current, WebhookSubscription wanted) => current with
    {
        Name = wanted.Name,
        Url = wanted.Url,
        EventTypes = [.. wanted.EventTypes],
        Filter = wanted.Filter,
        Profile = wanted.Profile,
        Batching = wanted.Batching,
        Order = wanted.Order,
        MaxConcurrency = wanted.MaxConcurrency,
        RateLimit = wanted.RateLimit,
    };
}
