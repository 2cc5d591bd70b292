using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Profiles;
using WebhookKit.Publishing;
using WebhookKit.Storage;

namespace WebhookKit.Management;

/// <summary>Manages subscriptions: check, store, and let this node's index follow.</summary>
internal sealed class WebhookSubscriptions(
    EngineStart start,
    ISubscriptionStore store,
    SubscriptionCache cache,
    SubscriptionDraft drafts,
    SubscriptionValidator validator,
    ProfileRegistry profiles,
    TestSender tests,
    EndpointHandshake handshake,
    WebhookOptions options,
    TimeProvider time) : IWebhookSubscriptions
{
    private const int MaxTries = 10;
    private const int MaxReasonLength = 500;

    /// <summary>Each signs every request, and a verifier reads only so many signatures.</summary>
    private const int MaxSecrets = 10;

    private static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(365);

    public async ValueTask<WebhookSubscription> CreateAsync(NewWebhookSubscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var draft = CreateDraft(subscription);
        await start.EnsureAsync(cancellationToken);
        draft = await handshake.EnsureAllowedAsync(draft, cancellationToken);

        // An id that was assigned here can be taken, if very rarely: then another one is.
        var stored = await store.AddSubscriptionAsync(draft, cancellationToken);
        for (var tries = 1; stored is null && subscription.Id is null && tries < MaxTries; tries++)
            stored = await store.AddSubscriptionAsync(drafts.WithNewId(draft), cancellationToken);
        if (stored is null)
            throw new WebhookConflictException($"There is a subscription with the id '{draft.Id}' already. Update it, or choose another id.");

        await cache.FollowAsync(stored.Id, cancellationToken);
        return stored;
    }

    public async ValueTask<WebhookSubscription?> GetAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        await start.EnsureAsync(cancellationToken);
        return await store.GetSubscriptionAsync(id, cancellationToken);
    }

    public async ValueTask<Page<WebhookSubscription>> ListAsync(SubscriptionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        PageLimit.Check(query.Limit);
        CheckSkip(query);
        await start.EnsureAsync(cancellationToken);
        if (query.Skip == 0) return await store.ListSubscriptionsAsync(query, cancellationToken);

        // The store pages by key only: this node's index knows the key.
        var ids = await FindIdsAsync(query, cancellationToken);
        return ids.Count <= query.Skip
            ? new Page<WebhookSubscription>([], Next: null)
            : await store.ListSubscriptionsAsync(query with { Skip = 0, After = ids[query.Skip - 1] }, cancellationToken);
    }

    public async ValueTask<int> CountAsync(SubscriptionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await start.EnsureAsync(cancellationToken);
        return (await FindIdsAsync(query, cancellationToken)).Count;
    }

    public ValueTask<IReadOnlyList<WebhookFieldError>> CheckAsync(NewWebhookSubscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            CreateDraft(subscription);
            return new([]);
        }
        catch (WebhookValidationException invalid)
        {
            return new(invalid.Errors);
        }
    }

    public async ValueTask<IReadOnlyList<WebhookFieldError>> CheckAsync(WebhookSubscription subscription, CancellationToken cancellationToken)
    {
        var current = await GetCurrentAsync(subscription, cancellationToken);
        try
        {
            Change(current, subscription);
            return [];
        }
        catch (WebhookValidationException invalid)
        {
            return invalid.Errors;
        }
    }

    public async ValueTask<WebhookSubscription> UpdateAsync(WebhookSubscription subscription, CancellationToken cancellationToken)
    {
        var current = await GetCurrentAsync(subscription, cancellationToken);
        var changed = Change(current, subscription);
        if (changed.Url != current.Url || changed.Profile != current.Profile) changed = await handshake.EnsureAllowedAsync(changed, cancellationToken);
        var stored = await store.UpdateSubscriptionAsync(changed, cancellationToken)
            ?? throw new WebhookConflictException($"Subscription '{subscription.Id}' has changed since it was read. Read it again, apply the change, and update.");
        await cache.FollowAsync(stored.Id, cancellationToken);
        return stored;
    }

    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        await start.EnsureAsync(cancellationToken);
        var deleted = await store.DeleteSubscriptionAsync(id, time.GetUtcNow(), cancellationToken);
        await cache.FollowAsync(id, cancellationToken);
        return deleted;
    }

    public ValueTask<WebhookSubscription> EnableAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(id, s => WithStatus(s, SubscriptionStatus.Enabled, null), cancellationToken);

    public ValueTask<WebhookSubscription> PauseAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            s => s.Status == SubscriptionStatus.Disabled
                ? throw new WebhookConflictException($"Subscription '{id}' is disabled ({s.StatusReason}). Enable it before pausing it.")
                : WithStatus(s, SubscriptionStatus.Paused, null),
            cancellationToken);

    public ValueTask<WebhookSubscription> DisableAsync(string id, string? reason, CancellationToken cancellationToken)
    {
        if (EventLimits.FindTextFault(nameof(reason), reason, MaxReasonLength) is { } fault) throw new WebhookValidationException(nameof(reason), fault);
        return ChangeAsync(id, s => WithStatus(s, SubscriptionStatus.Disabled, reason ?? "Disabled by hand."), cancellationToken);
    }

    public ValueTask<WebhookSubscription> RotateSecretAsync(string id, string? secret, TimeSpan? overlap, CancellationToken cancellationToken)
    {
        if (overlap < TimeSpan.Zero || overlap > MaxOverlap)
            throw new WebhookValidationException(nameof(overlap), $"The overlap {overlap} is out of range. Use zero, which ends the old secret now, to 365 days.");
        return ChangeAsync(id, s => WithSecret(s, secret, overlap ?? options.SecretOverlap), cancellationToken);
    }

    public async ValueTask<DeliveryAttempt> SendTestEventAsync(string id, WebhookEvent? sample, CancellationToken cancellationToken) =>
        (await TestAsync(id, sample, cancellationToken)).Attempt;

    public async ValueTask<WebhookTestResult> TestAsync(string id, WebhookEvent? sample, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        await start.EnsureAsync(cancellationToken);
        return await tests.SendAsync(await GetOrThrowAsync(id, cancellationToken), sample, cancellationToken);
    }

    private WebhookSubscription CreateDraft(NewWebhookSubscription subscription)
    {
        if (subscription.Secret is { } own) RefuseUnreadable(own);
        var draft = drafts.Create(subscription);
        validator.Check(draft);
        return draft;
    }

    private async ValueTask<WebhookSubscription> GetCurrentAsync(WebhookSubscription subscription, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        ArgumentNullException.ThrowIfNull(subscription.Id, nameof(subscription));
        await start.EnsureAsync(cancellationToken);
        return await GetOrThrowAsync(subscription.Id, cancellationToken);
    }

    /// <summary>The current subscription with what may be changed by hand.</summary>
    private WebhookSubscription Change(WebhookSubscription current, WebhookSubscription subscription)
    {
        // Its own secrets stay, whatever the caller's copy says: they must suit the profile. Those in a new URL take their place.
        subscription = subscription with { Secrets = current.Secrets, Status = current.Status };
        var profile = profiles.Find(subscription.Profile);
        if (UserInfo.TryTake(subscription.Url, profile, out var url, out var secret))
            subscription = subscription with { Url = url, Secrets = [new WebhookSecret { Value = secret }] };
        else if (UserInfo.AreSecretsOfAnother(current, profiles.Find(current.Profile), subscription, profile))
            subscription = subscription with { Secrets = [] };
        subscription = drafts.WithBatchingOf(current, subscription);

        // A header that cannot be read now stays as it is stored; one that only looks so is refused.
        validator.Check(subscription with { Headers = WithoutUnreadable(subscription.Headers, current.Headers) });
        return SubscriptionDraft.Merge(current, subscription) with
        {
            Secrets = subscription.Secrets,
            Version = subscription.Version,
            UpdatedAt = time.GetUtcNow(),
        };
    }

    private static void CheckSkip(SubscriptionQuery query)
    {
        if (query.Skip >= 0 && (query.Skip == 0 || query.After is null)) return;
        throw new WebhookValidationException(nameof(query.Skip), $"{query.Skip} subscriptions cannot be passed over. Use 0 or more, and 0 together with After.");
    }

    private async ValueTask<IReadOnlyList<string>> FindIdsAsync(SubscriptionQuery query, CancellationToken cancellationToken)
    {
        var index = await cache.RefreshAsync(cancellationToken);
        var ids = index.All.Where(m => query.AllTenants || m.Subscription.TenantId == query.TenantId);
        return [.. ids
            .Where(m => (query.Status is null || m.Subscription.Status == query.Status) && query.IsFound(m.Subscription.Name, m.Subscription.Url.OriginalString))
            .Select(m => m.Id)];
    }

    private WebhookSubscription WithStatus(WebhookSubscription subscription, SubscriptionStatus status, string? reason) =>
        subscription.Status == status ? subscription : subscription with { Status = status, StatusReason = reason, StatusChangedAt = time.GetUtcNow() };

    private WebhookSubscription WithSecret(WebhookSubscription subscription, string? secret, TimeSpan overlap)
    {
        var profile = profiles.Find(subscription.Profile);
        secret ??= profile?.Signer is { SecretUse: SecretUse.Required } signer ? signer.GenerateSecret() : throw new WebhookConflictException(
            $"Subscription '{subscription.Id}' has the profile '{subscription.Profile}', which needs no secret or is not registered, so none can be made. Pass the new secret.");
        if (profile is not null && SubscriptionValidator.FindSecretFault(profile, secret) is { } fault)
            throw new WebhookValidationException(nameof(secret), fault);

        RefuseUnreadable(secret);
        var now = time.GetUtcNow();
        var end = now + overlap;
        WebhookSecret[] old = [.. subscription.Secrets
            .Select(s => s.ExpiresAt is null || s.ExpiresAt > end ? s with { ExpiresAt = end } : s)
            .Where(s => s.IsActiveAt(now) && !UnreadableText.IsMarked(s.Value))];
        if (old.Length >= MaxSecrets)
        {
            throw new WebhookConflictException(
                $"Subscription '{subscription.Id}' has {old.Length} secrets that still sign, which is the most. Wait until one has ended, or rotate with an overlap of zero.");
        }

        var rotated = subscription with { Secrets = [new WebhookSecret { Value = secret }, .. old] };
        WebhookFieldError[] faults = profile is null ? [] : [.. SubscriptionValidator.FindSecretFaults(profile, rotated)];
        return faults.Length == 0 ? rotated : throw new WebhookValidationException(faults);
    }

    private static Dictionary<string, string> WithoutUnreadable(IReadOnlyDictionary<string, string>? headers, IReadOnlyDictionary<string, string> current) =>
        headers?.Where(h => h.Value is null || !UnreadableText.IsMarked(h.Value) || current.GetValueOrDefault(h.Key) != h.Value).ToDictionary(StringComparer.Ordinal)!;

    private static void RefuseUnreadable(string secret)
    {
        if (UnreadableText.IsMarked(secret)) throw new WebhookValidationException(nameof(WebhookSubscription.Secrets), "The secret begins with U+0000, which cannot be stored. Use another one.");
    }

    /// <summary>Applies a change that does not depend on what the caller has read: tried again when another comes between.</summary>
    private async ValueTask<WebhookSubscription> ChangeAsync(
        string id, Func<WebhookSubscription, WebhookSubscription> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        await start.EnsureAsync(cancellationToken);
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var current = await GetOrThrowAsync(id, cancellationToken);
            var changed = change(current);
            if (ReferenceEquals(changed, current)) return current;
            if (await store.UpdateSubscriptionAsync(changed with { UpdatedAt = time.GetUtcNow() }, cancellationToken) is not { } stored) continue;
            await cache.FollowAsync(id, cancellationToken);
            return stored;
        }

        throw new WebhookConflictException($"Subscription '{id}' keeps changing. Try again.");
    }

    private async ValueTask<WebhookSubscription> GetOrThrowAsync(string id, CancellationToken cancellationToken) =>
        await store.GetSubscriptionAsync(id, cancellationToken) ?? throw new WebhookNotFoundException($"There is no subscription '{id}'.");
}
