using System.Buffers;
using WebhookKit.Dispatching;
using WebhookKit.Profiles;
using WebhookKit.Publishing;
using WebhookKit.Sending;
using WebhookKit.Sending.Guarding;
using WebhookKit.Storage;

namespace WebhookKit.Management;

/// <summary>Refuses subscriptions that could not work. Pure; names every fault at once.</summary>
internal sealed class SubscriptionValidator(ProfileRegistry profiles, EventTypeCatalog catalog, EndpointGuard guard, ClientNames clients)
{
    private const int MaxIdLength = 64;
    private const int MaxNameLength = 200;
    private const int MaxPatterns = 200;
    public const int MaxRateRequests = 10_000;

    private static readonly SearchValues<char> IdChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Checks a subscription that is about to be stored.</summary>
    /// <exception cref="WebhookValidationException">It is refused.</exception>
    public void Check(WebhookSubscription subscription)
    {
        List<WebhookFieldError> errors = [];
        void Refuse(string field, string? fault)
        {
            if (fault is not null) errors.Add(new WebhookFieldError(field, fault));
        }

        Refuse(nameof(subscription.Id), FindIdFault(subscription.Id));
        Refuse(nameof(subscription.TenantId), EventLimits.FindTextFault("tenant id", subscription.TenantId, EventLimits.MaxTenantLength));
        Refuse(nameof(subscription.Name), subscription.Name is "" ? null : EventLimits.FindTextFault("name", subscription.Name, MaxNameLength));
        foreach (var fault in UrlRules.FindFaults(subscription.Url, guard)) Refuse(nameof(subscription.Url), fault);
        errors.AddRange(FindPatternFaults(subscription));
        if (subscription.Filter is not null) errors.AddRange(subscription.Filter.Validate());
        Refuse(nameof(subscription.MaxConcurrency), FindConcurrencyFault(subscription.MaxConcurrency));
        foreach (var fault in FindRateFaults(subscription.RateLimit)) Refuse(nameof(subscription.RateLimit), fault);
        foreach (var fault in FindBatchingFaults(subscription.Batching)) Refuse(nameof(subscription.Batching), fault);
        foreach (var fault in HeaderRules.FindFaults(subscription.Headers)) Refuse(nameof(subscription.Headers), fault);
        Refuse(nameof(subscription.HttpClient), clients.FindFault(subscription.HttpClient));
        foreach (var fault in ProfileSettings.FindFaults(subscription.Settings)) Refuse(nameof(subscription.Settings), fault);
        Refuse(nameof(subscription.Order), Enum.IsDefined(subscription.Order) ? null : $"The order {subscription.Order} does not exist. Use None, PerKey or Strict.");
        Refuse(nameof(subscription.Status), Enum.IsDefined(subscription.Status) ? null : $"The status {subscription.Status} does not exist. Use Enabled, Paused or Disabled.");

        if (profiles.Find(subscription.Profile) is { } profile)
        {
            // A format can only judge what is sound in itself.
            var isSound = errors.TrueForAll(e => e.Field is not (nameof(subscription.Url) or nameof(subscription.Settings) or nameof(subscription.EventTypes)));
            if (isSound)
            {
                errors.AddRange(profile.Format.FindFaults(subscription));
                foreach (var (name, url) in profile.Format.FindOtherUrls(subscription))
                    errors.AddRange(UrlRules.FindFaults(url, guard).Select(fault => ProfileSettings.Fault(name, $"is refused. {fault}")));
            }

            errors.AddRange(FindProfileFaults(subscription, profile));
            if (errors.Count == 0 && subscription.Headers.Count > 0)
                errors.AddRange(HeaderRules.FindDoubles(subscription, RequestBuilder.FindHeaderNames(subscription, profile)).Select(f => new WebhookFieldError(nameof(subscription.Headers), f)));
        }
        else
        {
            Refuse(nameof(subscription.Profile), $"The profile '{subscription.Profile}' does not exist. Use one of {string.Join(", ", profiles.All.Select(p => p.Name))}, or register it with AddProfile(…).");
        }

        if (errors.Count > 0) throw new WebhookValidationException(errors);
    }

    private static IEnumerable<WebhookFieldError> FindProfileFaults(WebhookSubscription subscription, WebhookProfile profile)
    {
        if (subscription.Batching is not null && subscription.Settings is not null && !profile.Format.CanBatch(subscription))
            yield return new(nameof(subscription.Batching), $"The profile '{profile.Name}' cannot send batches to this subscription. Leave Batching null.");
        if (profile.Signer is not { } signer) yield break;
        if (signer.SecretUse == SecretUse.Required && subscription.Secrets.Count == 0)
            yield return new(nameof(subscription.Secrets), $"The profile '{profile.Name}' signs, and the subscription has no secret. Give it one with RotateSecretAsync(id, secret) first.");
        foreach (var secret in subscription.Secrets.Where(s => !UnreadableText.IsMarked(s.Value)))
        {
            if (signer.FindSecretFault(secret.Value) is { } fault) yield return new(nameof(subscription.Secrets), fault);
        }
    }

    /// <summary>Says what is wrong with a subscription's secrets under a profile, whose format can have a use for them too.</summary>
    public static IEnumerable<WebhookFieldError> FindSecretFaults(WebhookProfile profile, WebhookSubscription subscription) =>
        profile.Format.FindFaults(subscription).Where(fault => fault.Field == nameof(subscription.Secrets));

    /// <summary>Says what is wrong with a secret under a profile, without naming it.</summary>
    public static string? FindSecretFault(WebhookProfile profile, string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return profile.Signer?.FindSecretFault(secret);
    }

    private static string? FindIdFault(string? id) =>
        id?.Length is > 0 and <= MaxIdLength && !id.AsSpan().ContainsAnyExcept(IdChars)
            ? null
            : $"The subscription id '{id}' is refused. Use 1 to {MaxIdLength} letters, digits, '-' or '_'.";

    private IEnumerable<WebhookFieldError> FindPatternFaults(WebhookSubscription subscription)
    {
        if (subscription.EventTypes is null) return [new(nameof(subscription.EventTypes), "The event types are null. Use an empty list for a subscription that is only addressed directly.")];
        return subscription.EventTypes.Count > MaxPatterns
            ? [new(nameof(subscription.EventTypes), $"There are {subscription.EventTypes.Count} event type patterns. Use {MaxPatterns} at most; 'a.*' stands for many.")]
            : catalog.CheckPatterns(subscription.EventTypes, subscription.Batching is not null);
    }

    private static string? FindConcurrencyFault(int? concurrency) =>
        concurrency is null or (>= 1 and <= 10_000) ? null : $"The concurrency {concurrency} is out of range. Use 1 to 10,000, or null for the default.";

    private static IEnumerable<string> FindRateFaults(RateLimit? rate)
    {
        if (rate is null) yield break;
        if (rate.Requests is < 1 or > MaxRateRequests) yield return $"The rate limit of {rate.Requests} requests is out of range. Use 1 to {MaxRateRequests:N0}.";
        if (rate.Per <= TimeSpan.Zero || rate.Per > TimeSpan.FromDays(1)) yield return $"The rate limit's window {rate.Per} is out of range. Use more than zero and at most one day.";
    }

    public static IEnumerable<string> FindBatchingFaults(BatchingOptions? batching)
    {
        if (batching is null) yield break;
        if (batching.MaxEvents is < 1 or > 1000) yield return $"Batches of {batching.MaxEvents} events are out of range. Use 1 to 1,000.";
        if (batching.MaxBytes is < 1 or > 64 * 1024 * 1024) yield return $"Batches of {batching.MaxBytes} bytes are out of range. Use 1 to 67,108,864.";
        if (batching.MaxDelay < TimeSpan.Zero || batching.MaxDelay > TimeSpan.FromDays(1)) yield return $"A batch delay of {batching.MaxDelay} is out of range. Use zero to one day.";
    }
}
