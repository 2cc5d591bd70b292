using System.Globalization;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Profiles;
using WebhookKit.Sending;

namespace WebhookKit.Management;

/// <summary>Makes the handshake of profiles that ask for one (CloudEvents, HTTP 1.1 Web Hooks 1.0, section 4), and reads its answer.</summary>
internal sealed class EndpointHandshake(ProfileRegistry profiles, AttemptSender sender, WebhookOptions options)
{
    private const string RequestRate = "WebHook-Request-Rate";
    private const string AllowedOrigin = "WebHook-Allowed-Origin";
    private const string AllowedRate = "WebHook-Allowed-Rate";

    /// <summary>Asks the endpoint of a subscription that is about to be saved.</summary>
    /// <returns>The subscription, with the rate that the endpoint allows.</returns>
    /// <exception cref="WebhookValidationException">The endpoint does not allow webhooks from here.</exception>
    public async ValueTask<WebhookSubscription> EnsureAllowedAsync(WebhookSubscription subscription, CancellationToken cancellationToken)
    {
        if (profiles.Find(subscription.Profile) is not { Handshake: { } handshake } profile) return subscription;
        string? allowed = null;
        string? allowedRate = null;
        var (attempt, _) = await sender.SendAsync(CreateRequest(subscription, profile, handshake), traceParent: null, cancellationToken, answer =>
        {
            allowed = Find(answer, AllowedOrigin);
            allowedRate = Find(answer, AllowedRate);
        });
        if (attempt.Outcome != AttemptOutcome.Succeeded)
            throw Refused($"The endpoint did not take the handshake (OPTIONS): {attempt.Error} Let it answer 200 with the header '{AllowedOrigin}'.");
        if (allowed is null)
            throw Refused($"The endpoint's answer to the handshake (OPTIONS) has no header '{AllowedOrigin}'. Let it answer with '{handshake.Origin}' or '*' in it.");
        if (allowed != "*" && !allowed.Equals(handshake.Origin, StringComparison.OrdinalIgnoreCase))
            throw Refused($"The endpoint allows webhooks from {Quote.Of(allowed)} only. Let it allow '{handshake.Origin}' or '*' in the header '{AllowedOrigin}'.");
        return WithRate(subscription, allowedRate);
    }

    private PreparedRequest CreateRequest(WebhookSubscription subscription, WebhookProfile profile, WebhookHandshake handshake)
    {
        var headers = new WebhookHeaders { { WebhookHandshake.OriginHeader, handshake.Origin } };
        if (handshake.RequestsPerMinute is { } wish) headers.Add(RequestRate, wish.ToString(CultureInfo.InvariantCulture));
        return new PreparedRequest
        {
            MessageId = "",
            BatchId = null,
            Content = new WebhookContent { Method = HttpMethod.Options, Uri = subscription.Url },
            Headers = headers,
            HttpClient = subscription.HttpClient ?? profile.HttpClient,
            BatchSize = 0,
            Timeout = profile.Timeout ?? options.AttemptTimeout,
            Profile = profile,
        };
    }

    private static string? Find(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static WebhookSubscription WithRate(WebhookSubscription subscription, string? allowed)
    {
        if (!int.TryParse(allowed, NumberStyles.None, CultureInfo.InvariantCulture, out var perMinute) || perMinute < 1) return subscription;
        var rate = new RateLimit(Math.Min(perMinute, SubscriptionValidator.MaxRateRequests), TimeSpan.FromMinutes(1));
        return subscription.RateLimit is { } own && own.Requests / own.Per.TotalMinutes <= rate.Requests ? subscription : subscription with { RateLimit = rate };
    }

    private static WebhookValidationException Refused(string message) => new(nameof(WebhookSubscription.Url), message);
}
