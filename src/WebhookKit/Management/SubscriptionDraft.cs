using System.Collections.Frozen;
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
        var url = wanted.Url;
        if (UserInfo.TryTake(wanted.Url, profile, out var rest, out var userInfo)) url = rest;
        var secret = wanted.Secret ?? userInfo ?? (profile?.Signer is { SecretUse: SecretUse.Required } signer ? signer.GenerateSecret() : null);
        var draft = new WebhookSubscription
        {
            Id = wanted.Id ?? ids.NewSubscriptionId(),
            TenantId = wanted.TenantId,
            Name = wanted.Name,
            Url = url,
            EventTypes = wanted.EventTypes is null ? null! : [.. wanted.EventTypes],
            Filter = wanted.Filter,
            Profile = profileName,
            Secrets = secret is null ? [] : [new WebhookSecret { Value = secret }],
            Settings = Copy(wanted.Settings),
            Headers = Copy(wanted.Headers),
            HttpClient = wanted.HttpClient,
            Batching = wanted.Batching,
            Order = wanted.Order,
            MaxConcurrency = wanted.MaxConcurrency,
            RateLimit = wanted.RateLimit,
            Status = wanted.Status,
            StatusChangedAt = now,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return WithDefaultBatching(draft, profile);
    }

    /// <summary>
    /// A changed subscription whose batching follows its profile and settings: what was the default of the old ones gives way to that of
    /// the new ones. What has been switched off where it could have been on stays off.
    /// </summary>
    public WebhookSubscription WithBatchingOf(WebhookSubscription current, WebhookSubscription changed)
    {
        if (changed.Settings is null || (changed.Profile == current.Profile && ProfileSettings.AreSame(changed.Settings, current.Settings))) return changed;
        var before = profiles.Find(current.Profile);
        if (changed.Batching is null && changed.Profile == current.Profile && before?.Format.CanBatch(current) == true) return changed;
        var wasDefault = changed.Batching is not null && changed.Batching == before?.Batching;
        return WithDefaultBatching(wasDefault ? changed with { Batching = null } : changed, profiles.Find(changed.Profile));
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
        Settings = Copy(wanted.Settings),
        Headers = Copy(wanted.Headers),
        HttpClient = wanted.HttpClient,
        Batching = wanted.Batching,
        Order = wanted.Order,
        MaxConcurrency = wanted.MaxConcurrency,
        RateLimit = wanted.RateLimit,
    };

    private static WebhookSubscription WithDefaultBatching(WebhookSubscription subscription, WebhookProfile? profile) =>
        subscription is { Batching: null, Settings: not null } && profile is { Batching: not null } && profile.Format.CanBatch(subscription)
            ? subscription with { Batching = profile.Batching }
            : subscription;

    /// <summary>A copy that the caller cannot change; null, which the validator refuses, stays null.</summary>
    private static FrozenDictionary<string, string> Copy(IReadOnlyDictionary<string, string>? settings) =>
        settings is { Count: 0 } ? FrozenDictionary<string, string>.Empty : settings?.ToFrozenDictionary(StringComparer.Ordinal)!;
}
