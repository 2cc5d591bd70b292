using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using WebhookKit.Formats.MailUp;
using WebhookKit.Signing;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Verifies and reads requests under the receiver's profile.</summary>
internal sealed class Verifying
{
    private readonly WebhookReceiverOptions _options;
    private readonly WebhookProfile _profile;
    private readonly TimeProvider _time;
    private readonly bool _needsTarget;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly WebhookVerifier? _verifier;

    public Verifying(WebhookReceiverOptions options, TimeProvider time)
    {
        _options = options;
        _profile = ProfileOf(options);
        _time = time;
        _needsTarget = NeedsTarget(_profile);
        if (options.ResolveSecrets is null) _verifier = Create([.. options.Secrets]);
    }

    /// <summary>The profile with the signer that is in force: none, where the host says so or has given nothing to verify with.</summary>
    public static WebhookProfile ProfileOf(WebhookReceiverOptions options)
    {
        var profile = options.Profile;
        var isUnsigned = profile.Signer is not { } signer
            || options.AllowUnsigned
            || (signer.SecretUse == SecretUse.Optional && options.Secrets.Count == 0 && options.ResolveSecrets is null);
        return isUnsigned ? profile with { Signer = new Unsigned() } : profile;
    }

    /// <summary>Finds what requests are verified with; <see langword="null"/> when there is nothing for this one.</summary>
    public async ValueTask<WebhookVerifier?> FindVerifierAsync(HttpContext context)
    {
        if (_verifier is not null) return _verifier;
        var secrets = await _options.ResolveSecrets!(context);
        return secrets is { Count: > 0 } || _profile.Signer!.SecretUse == SecretUse.None ? Create(secrets ?? []) : null;
    }

    public WebhookVerification Verify(WebhookVerifier verifier, HttpContext context, ReadOnlyMemory<byte> body)
    {
        var lines = new HeaderLines(context.Request.Headers);
        return _needsTarget ? verifier.Receive(HttpMethod.Parse(context.Request.Method), RequestTarget.Of(context), lines, body) : verifier.Receive(lines, body);
    }

    private WebhookVerifier Create(IEnumerable<string> secrets) => new(_profile, secrets, _time) { Tolerance = _options.Tolerance };

    /// <summary>Most signers sign neither the method nor the URI.</summary>
    private static bool NeedsTarget(WebhookProfile profile) =>
        profile.Format is MailUpFormat
        || profile.Signer is not (StandardWebhooksSigner or HmacSigner or StripeSigner or SlackSigner or BasicSigner or Unsigned);
}
