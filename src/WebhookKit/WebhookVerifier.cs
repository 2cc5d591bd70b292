using System.Diagnostics;

namespace WebhookKit;

/// <summary>
/// Checks, on the receiving side, that requests come from somebody who knows a secret, are recent, and have not been changed.
/// Safe for many threads at once.
/// </summary>
/// <remarks>
/// Read the body's bytes before anything parses them: the signature is over those bytes. Limit the body's size while reading.
/// </remarks>
/// <example>
/// <code>
/// var verifier = new WebhookVerifier(WebhookProfiles.StandardWebhooks, [secret]);
/// var result = verifier.Receive(headers, body);
/// if (!result.IsValid) { log(result.Message); return 401; }
/// foreach (var webhookEvent in result.Events) Handle(webhookEvent);
/// </code>
/// </example>
public sealed class WebhookVerifier
{
    private readonly ISignatureVerifier _verifier;
    private readonly IWebhookReader? _reader;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string[] _secrets;

    private readonly TimeProvider _time;

    /// <summary>Makes a verifier for requests sent under a profile.</summary>
    /// <param name="profile">The profile. Its signer must implement <see cref="ISignatureVerifier"/> too.</param>
    /// <param name="secrets">The secrets that may have signed a request; at least one, two while rotating.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <exception cref="ArgumentException">The profile cannot be verified, or a secret is missing or bad; the message says what to do.</exception>
    public WebhookVerifier(WebhookProfile profile, IEnumerable<string> secrets, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(secrets);
        _verifier = GetVerifier(profile);
        _reader = profile.Format as IWebhookReader;
        _secrets = [.. secrets];
        _time = timeProvider ?? TimeProvider.System;

        if (_secrets.Length == 0 && profile.Signer!.SecretUse != SecretUse.None)
            throw new ArgumentException("There is no secret to verify with. Pass the subscription's secret; pass the old and the new one while rotating.", nameof(secrets));
        for (var i = 0; i < _secrets.Length; i++)
        {
            if (profile.Signer!.FindSecretFault(_secrets[i]) is { } fault)
                throw new ArgumentException($"Secret {i + 1} of {_secrets.Length} cannot be used with profile '{profile.Name}': {fault}", nameof(secrets));
        }
    }

    /// <summary>How far the time of signing may lie in the past or in the future. Default: 5 minutes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Tolerance
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMinutes(5);

    /// <summary>Checks a received request. Bad input is returned as a failure, never thrown.</summary>
    /// <param name="headers">All headers of the request; one that was received twice must be in it twice.</param>
    /// <param name="body">The exact bytes of the body.</param>
    /// <returns>Whether the request is proved, and if not, which check it failed.</returns>
    public WebhookVerification Verify(IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body) => Verify(null, null, headers, body);

    /// <summary>Checks a received request under a dialect that signs the method and the URI too. Bad input is returned as a failure, never thrown.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">The request's URI, as the sender wrote it.</param>
    /// <param name="headers">All headers of the request; one that was received twice must be in it twice.</param>
    /// <param name="body">The exact bytes of the body.</param>
    /// <returns>Whether the request is proved, and if not, which check it failed.</returns>
    public WebhookVerification Verify(HttpMethod? method, Uri? uri, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
        => _verifier.Verify(CreateContext(method, uri, headers, body));

    /// <summary>Checks a received request and reads its events. Bad input is returned as a failure, never thrown.</summary>
    /// <param name="headers">All headers of the request; one that was received twice must be in it twice.</param>
    /// <param name="body">The exact bytes of the body.</param>
    /// <returns>Whether the request is proved and readable, with its events; and if not, which check it failed.</returns>
    /// <exception cref="InvalidOperationException">The profile's format cannot read: it does not implement <see cref="IWebhookReader"/>.</exception>
    public WebhookVerification Receive(IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body) => Receive(null, null, headers, body);

    /// <summary>Checks a received request under a dialect that signs the method and the URI too, or has events in the URI, and reads its events.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="uri">The request's URI, as the sender wrote it.</param>
    /// <param name="headers">All headers of the request; one that was received twice must be in it twice.</param>
    /// <param name="body">The exact bytes of the body.</param>
    /// <returns>Whether the request is proved and readable, with its events; and if not, which check it failed.</returns>
    /// <exception cref="InvalidOperationException">The profile's format cannot read: it does not implement <see cref="IWebhookReader"/>.</exception>
    public WebhookVerification Receive(HttpMethod? method, Uri? uri, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        if (_reader is null)
            throw new InvalidOperationException($"The profile's format cannot read requests. Implement {nameof(IWebhookReader)} on it, or call {nameof(Verify)} and read the body yourself.");
        var context = CreateContext(method, uri, headers, body);
        var verification = _verifier.Verify(context);
        if (!verification.IsValid) return verification;
        var reading = _reader.Read(context with { MessageId = verification.MessageId });
        return reading.IsReadable
            ? verification with { Events = reading.Events }
            : WebhookVerification.Invalid(VerificationFailure.MalformedBody, reading.Fault);
    }

    private VerificationContext CreateContext(HttpMethod? method, Uri? uri, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return new VerificationContext
        {
            // Each header is looked up by a walk of its own, and not every sequence can be walked twice.
            Headers = headers as IReadOnlyCollection<KeyValuePair<string, string>> ?? [.. headers],
            Body = body,
            Secrets = _secrets,
            Now = _time.GetUtcNow(),
            Tolerance = Tolerance,
            Method = method,
            Uri = uri,
        };
    }

    private static ISignatureVerifier GetVerifier(WebhookProfile profile) => profile.Signer switch
    {
        ISignatureVerifier verifier => verifier,
        null => throw new ArgumentException($"Profile '{profile.Name}' signs nothing, so its requests cannot be verified. Use a profile with a signer.", nameof(profile)),
        var signer => throw new ArgumentException(
            $"The signer {signer.GetType().Name} of profile '{profile.Name}' cannot verify. Implement {nameof(ISignatureVerifier)} on it.", nameof(profile)),
    };
}
