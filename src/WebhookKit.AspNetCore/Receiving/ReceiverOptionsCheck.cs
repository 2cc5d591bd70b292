using Microsoft.Extensions.DependencyInjection;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Refuses options that cannot work, or under which nothing would prove requests: all faults at once, each with its fix.</summary>
internal static class ReceiverOptionsCheck
{
    private const int MaxNameLength = 64;
    private const int MinPathSecretLength = 16;

    public static void ThrowIfFaulty(WebhookReceiverOptions options, string pattern, IServiceProvider services)
    {
        string[] faults = [.. FindFaults(options, pattern, services).Select(f => $"The receiver at '{pattern}': {f}")];
        if (faults.Length > 0) throw new ArgumentException(string.Join(Environment.NewLine, faults));
    }

    private static IEnumerable<string> FindFaults(WebhookReceiverOptions options, string pattern, IServiceProvider services) =>
    [
        .. options.Profile is null ? ["Profile is null. Use one such as WebhookProfiles.StandardWebhooks."] : FindProofFaults(options, pattern),
        .. FindNumberFaults(options),
        .. FindHandlerFaults(options, services),
        .. FindOriginFaults(options),
    ];

    private static IEnumerable<string> FindProofFaults(WebhookReceiverOptions options, string pattern)
    {
        var profile = options.Profile;
        if (profile.Format is not IWebhookReader)
            yield return $"the format of profile '{profile.Name}' cannot read requests. Implement IWebhookReader on it.";
        if (profile.Signer is { } signer && !options.AllowUnsigned)
        {
            if (signer is not ISignatureVerifier) yield return $"the signer of profile '{profile.Name}' cannot verify. Implement ISignatureVerifier on it.";
            if (signer.SecretUse == SecretUse.Required && options.Secrets.Count == 0 && options.ResolveSecrets is null)
                yield return $"profile '{profile.Name}' is signed, and there is no secret to verify with. Add it to Secrets, or set ResolveSecrets (or AllowUnsigned, to believe anybody).";
            foreach (var (index, secret) in options.Secrets.Index())
            {
                if (signer.SecretUse != SecretUse.None && signer.FindSecretFault(secret) is { } fault) yield return $"secret {index + 1} cannot be used with profile '{profile.Name}'. {fault}";
            }
        }

        foreach (var (index, credentials) in options.BasicCredentials.Index())
        {
            if (WebhookSigners.Basic.FindSecretFault(credentials) is { } fault) yield return $"entry {index + 1} of BasicCredentials cannot be used. {fault}";
        }

        var hasParameter = pattern.Contains($"{{{Proof.PathParameter}}}", StringComparison.Ordinal);
        if (options.PathSecrets.Count > 0 && !hasParameter) yield return "PathSecrets are set, and the pattern has no {secret}. Put it where the secret stands, as in /hooks/{secret}.";
        if (options.PathSecrets.Count == 0 && hasParameter) yield return "the pattern has {secret}, and PathSecrets is empty. Add the secret, or name the parameter otherwise.";
        if (options.PathSecrets.Any(s => s is null || s.Length < MinPathSecretLength || s.Contains('/', StringComparison.Ordinal)))
            yield return $"one of PathSecrets can be guessed or does not fit into a path. Use {MinPathSecretLength} random characters or more, without '/'.";

        var isProved = Verifying.ProfileOf(options).Signer is not Unsigned || options.BasicCredentials.Count > 0 || options.PathSecrets.Count > 0;
        if (!isProved && !options.AllowUnsigned)
        {
            yield return $"nothing proves requests under profile '{profile.Name}', which has no signature of its own. Add BasicCredentials (user:password) or PathSecrets (with {{secret}} in the "
                + "pattern), give the profile a Signer if the sender signs, or set AllowUnsigned, if anybody may send.";
        }
    }

    private static IEnumerable<string> FindNumberFaults(WebhookReceiverOptions options) =>
    [
        .. Range(nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1, 64 * 1024 * 1024),
        .. Range(nameof(options.QueueCapacity), options.QueueCapacity, 1, 1_000_000),
        .. Range(nameof(options.MaxConcurrency), options.MaxConcurrency, 1, 10_000),
        .. Range(nameof(options.MaxRemembered), options.MaxRemembered, 1, 10_000_000),
        .. Range(nameof(options.Tolerance), options.Tolerance, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        .. Range(nameof(options.HandlerTimeout), options.HandlerTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        .. Range(nameof(options.RetryAfter), options.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),

        // A message may be signed in the future by as much as in the past: until then it can come again.
        .. Range(nameof(options.RememberFor), options.RememberFor, options.Tolerance * 2 + TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        .. options.AllowedRequestsPerMinute is { } rate ? Range(nameof(options.AllowedRequestsPerMinute), rate, 1, int.MaxValue) : [],
    ];

    private static IEnumerable<string> FindHandlerFaults(WebhookReceiverOptions options, IServiceProvider services)
    {
        foreach (var handler in options.Handlers)
        {
            if (handler.FindFault() is { } fault) yield return $"OnEvent is refused. {fault}";
        }

        if (options.Name is { } name && (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))) yield return $"Name has {name.Length} characters, or control characters. Use 1 to {MaxNameLength} readable ones.";
        if (!Enum.IsDefined(options.Handling)) yield return $"Handling is {options.Handling}. Use AfterAnswer, BeforeAnswer or FromStore.";
        if (options.Handlers.Count == 0 && options.Forwarding is null) yield return "nothing is done with events. Call OnEvent, OnAny or Forward.";
        if (options.Handlers.Count > 0 && options.Forwarding is not null) yield return "events are both handled and forwarded. Keep either OnEvent and OnAny, or Forward; a handler can publish too.";
        if (options.Forwarding is not null && services.GetService<IWebhookPublisher>() is null) yield return "there is nothing to forward by. Call services.AddWebhooks().";
        if (options.Handling == WebhookHandling.FromStore && options.Forwarding is null && services.GetService<Inbox>() is null) yield return "there is no inbox to handle from. Call services.AddWebhooks().AddInbox().";
    }

    private static IEnumerable<string> FindOriginFaults(WebhookReceiverOptions options) =>
        from origin in options.AllowedOrigins
        where origin != "*" && Uri.CheckHostName(origin) != UriHostNameType.Dns
        select $"'{origin}' of AllowedOrigins is no DNS name. Use one such as events.example.com, or '*'.";

    private static IEnumerable<string> Range<T>(string option, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) yield return $"{option} is {value}, which is out of range. Use {least} to {most}.";
    }
}
