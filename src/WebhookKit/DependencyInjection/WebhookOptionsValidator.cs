using Microsoft.Extensions.Options;
using WebhookKit.Management;
using WebhookKit.Profiles;
using WebhookKit.Publishing;
using WebhookKit.Sending;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.DependencyInjection;

/// <summary>Checks the settings, the catalogue, the profiles and the declared subscriptions together: all faults at once, each with its fix.</summary>
internal sealed class WebhookOptionsValidator(
    IEnumerable<WebhookEventType> eventTypes,
    IEnumerable<WebhookProfile> addedProfiles,
    IEnumerable<NewWebhookSubscription> declared,
    ClientNames clients,
    IdSource ids,
    TimeProvider time) : IValidateOptions<WebhookOptions>
{
    private static readonly TimeSpan LeaseReserve = TimeSpan.FromSeconds(5);

    /// <summary>A lease is renewed every sixth of it: what is left then must still outlast an attempt.</summary>
    private const double RenewalFactor = 1.2;
    private static readonly TimeSpan MaxRetention = TimeSpan.FromDays(3650);
    private static readonly TimeSpan MinAttempt = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxAttempt = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var profiles = new ProfileRegistry(addedProfiles);
        var catalog = new EventTypeCatalog(eventTypes, options.AllowUnknownEventTypes);
        string[] guardFaults = [.. GuardOptionsRules.FindFaults(options.Guard)];
        List<string> faults =
        [
            .. CheckNumbers(options),
            .. CheckTimes(options, profiles),
            .. CheckRetention(options.Retention),
            .. CheckBreaker(options.Breaker),
            .. CheckProfiles(options, profiles),
            .. guardFaults,
            .. catalog.Faults,
            .. CheckDeclared(options, profiles, catalog, new EndpointGuard(guardFaults.Length == 0 ? options.Guard : new())),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> CheckNumbers(WebhookOptions options) =>
    [
        .. Range(nameof(options.MaxConcurrency), options.MaxConcurrency, 1, 100_000),
        .. Range(nameof(options.MaxConcurrencyPerEndpoint), options.MaxConcurrencyPerEndpoint, 1, 10_000),
        .. Range(nameof(options.MaxEventBytes), options.MaxEventBytes, 1, 16 * 1024 * 1024),
        .. Range(nameof(options.MaxResponseBytes), options.MaxResponseBytes, 0, 1024 * 1024),
        .. Range(nameof(options.LaneBufferSize), options.LaneBufferSize, 16, 100_000),
        .. Range(nameof(options.MaxBufferedBytes), options.MaxBufferedBytes, 1024 * 1024, 16L * 1024 * 1024 * 1024),
    ];

    private static IEnumerable<string> CheckTimes(WebhookOptions options, ProfileRegistry profiles)
    {
        foreach (var fault in (string[])
                 [
                     .. Range(nameof(options.AttemptTimeout), options.AttemptTimeout, MinAttempt, MaxAttempt),
                     .. Range(nameof(options.MaxRetryAfter), options.MaxRetryAfter, TimeSpan.Zero, TimeSpan.FromDays(30)),
                     .. Range(nameof(options.SecretOverlap), options.SecretOverlap, TimeSpan.Zero, TimeSpan.FromDays(365)),
                     .. Range(nameof(options.SweepInterval), options.SweepInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
                     .. Range(nameof(options.StatisticsInterval), options.StatisticsInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
                     .. Range(nameof(options.LeaseDuration), options.LeaseDuration, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
                 ])
        {
            yield return fault;
        }

        // One beyond all measure is a fault of its own already.
        var longest = profiles.All.Max(p => p.Timeout ?? options.AttemptTimeout);
        if (longest > MaxAttempt) longest = MaxAttempt;
        var least = (longest + LeaseReserve) * RenewalFactor;
        if (options.LeaseDuration < least)
        {
            yield return $"WebhookOptions.LeaseDuration is {options.LeaseDuration}, but the longest attempt may take {longest}, and no attempt starts "
                + $"that its lease might not outlast. Set LeaseDuration to {least} or more.";
        }
    }

    private static IEnumerable<string> CheckRetention(RetentionOptions? retention)
    {
        if (retention is null) return ["WebhookOptions.Retention is null. Leave it at its default, or set its times."];
        return
        [
            .. Range("Retention.Succeeded", retention.Succeeded, TimeSpan.Zero, MaxRetention),
            .. Range("Retention.Failed", retention.Failed, TimeSpan.Zero, MaxRetention),
            .. Range("Retention.Attempts", retention.Attempts, TimeSpan.Zero, MaxRetention),
            .. Range("Retention.Events", retention.Events, TimeSpan.Zero, MaxRetention),
            .. Range("Retention.Statistics", retention.Statistics, TimeSpan.Zero, MaxRetention),
        ];
    }

    private static IEnumerable<string> CheckBreaker(BreakerOptions? breaker)
    {
        if (breaker is null) return ["WebhookOptions.Breaker is null. Leave it at its default, or set Failures to 1,000 to make it rare."];
        return
        [
            .. Range("Breaker.Failures", breaker.Failures, 1, 1000),
            .. Range("Breaker.Window", breaker.Window, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
            .. Range("Breaker.OpenFor", breaker.OpenFor, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
            .. Range("Breaker.MaxOpenFor", breaker.MaxOpenFor, breaker.OpenFor, TimeSpan.FromDays(1)),
        ];
    }

    private IEnumerable<string> CheckProfiles(WebhookOptions options, ProfileRegistry profiles)
    {
        if (options.SerializerOptions is null) yield return "WebhookOptions.SerializerOptions is null. Leave it at its default, or set JsonSerializerOptions.";
        if (options.DefaultProfile is null || profiles.Find(options.DefaultProfile) is null)
        {
            yield return $"WebhookOptions.DefaultProfile '{options.DefaultProfile}' is not registered. Use one of "
                + $"{string.Join(", ", profiles.All.Select(p => p.Name))}, or register it with AddProfile(…).";
        }

        foreach (var profile in profiles.All)
        {
            if (profile.Format is null)
            {
                yield return $"The profile '{profile.Name}' has no format. Set Format, for example to WebhookFormats.StandardWebhooks.";
                continue;
            }

            if (string.IsNullOrEmpty(profile.Name)) yield return "A profile has no name. Set Name, by which subscriptions refer to it.";
            foreach (var fault in SubscriptionValidator.FindBatchingFaults(profile.Batching)) yield return $"The profile '{profile.Name}': {fault}";
            if (profile.Handshake is { } handshake && Uri.CheckHostName(handshake.Origin) != UriHostNameType.Dns)
                yield return $"The profile '{profile.Name}' asks endpoints in the name of '{handshake.Origin}', which is no DNS name. Use one such as events.example.com.";
            if (clients.FindFault(profile.HttpClient) is { } clientFault) yield return $"The profile '{profile.Name}': {clientFault}";
            if (profile.Retry is null || profile.Disable is null)
                yield return $"The profile '{profile.Name}' has no Retry or no Disable. Use RetrySchedule.None or new DisableRule().";
            if (profile.Timeout is { } timeout && (timeout < MinAttempt || timeout > MaxAttempt))
                yield return $"The timeout {timeout} of profile '{profile.Name}' is out of range. Use 100 ms to 5 minutes.";
            if (profile.Success.First > profile.Success.Last)
                yield return $"The success range {profile.Success.First} to {profile.Success.Last} of profile '{profile.Name}' is empty. Swap its ends.";
            if (profile.Disable?.FailingFor <= TimeSpan.Zero)
                yield return $"Disable.FailingFor of profile '{profile.Name}' is {profile.Disable!.FailingFor}. Use a positive time, or null for never.";
        }
    }

    private List<string> CheckDeclared(WebhookOptions options, ProfileRegistry profiles, EventTypeCatalog catalog, EndpointGuard guard)
    {
        var drafts = new SubscriptionDraft(profiles, ids, options, time);
        var validator = new SubscriptionValidator(profiles, catalog, guard, clients);
        List<string> faults = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var subscription in declared)
        {
            if (subscription.Id is null)
                faults.Add($"The subscription declared for {subscription.Url} has no id. Give it one, so that a restart finds it again.");
            else if (!seen.Add(subscription.Id))
                faults.Add($"The subscription '{subscription.Id}' is declared twice. Give each its own id.");
            try
            {
                validator.Check(drafts.Create(subscription));
            }
            catch (WebhookValidationException refused)
            {
                faults.AddRange(refused.Errors.Select(e => $"Declared subscription '{subscription.Id ?? subscription.Url?.Host}': {e.Message}"));
            }
        }

        return faults;
    }

    private static IEnumerable<string> Range<T>(string option, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            yield return $"WebhookOptions.{option} is {value}, which is out of range. Use {least} to {most}.";
    }
}
