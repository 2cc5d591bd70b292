using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WebhookKit.Signing;

/// <summary>Checks HTTP message signatures (RFC 9421, section 3.2): all that is cheap first, so that junk costs no cryptography.</summary>
internal sealed class HttpMessageVerifier(HttpSignatureSettings settings)
{
    private const string InputHeader = HttpMessageSigner.InputHeader;
    private const string SignatureHeader = HttpMessageSigner.SignatureHeader;

    public WebhookVerification Verify(in VerificationContext context)
    {
        string? id = null;
        if ((settings.MessageIdHeader is { } idHeader && !context.TryGetHeader(idHeader, out id, out var failure))
            || !TryGetField(context, InputHeader, out var inputText, out failure)
            || !TryGetField(context, SignatureHeader, out var signatureText, out failure))
            return failure;
        if (!SignatureInputParser.TryParse(inputText, out var inputs, out var fault)) return Malformed(InputHeader, fault);
        if (!SignatureValues.TryParse(signatureText, out var signatures, out fault)) return Malformed(SignatureHeader, fault);

        WebhookVerification? first = null;
        var digestHolds = false;
        foreach (var (label, input) in inputs)
        {
            failure = FindFault(context, input, signatures.GetValueOrDefault(label), out var signedAt);
            if (failure is null && !digestHolds && input.Components.Contains(ComponentName.ContentDigest))
            {
                // Once, however many labels there are: the body may be large.
                if (ContentDigest.FindFault(context) is { } digestFault) return digestFault;
                digestHolds = true;
            }

            failure ??= FindMismatch(context, input, signatures[label]);
            // What was signed is the id without the white space around it.
            if (failure is null) return WebhookVerification.Valid(id?.Trim(' ', '\t'), signedAt);
            // Of several labels, ours says best what is wrong.
            if (first is null || label == settings.Label) first = failure;
        }

        return first!;
    }

    /// <summary>Judges what a signature says of itself.</summary>
    private WebhookVerification? FindFault(in VerificationContext context, SignatureInput input, byte[]? signature, out DateTimeOffset signedAt)
    {
        signedAt = default;
        if (input.Fault is not null) return Malformed(InputHeader, input.Fault);
        if (signature is null) return Malformed(SignatureHeader, $"has no signature for a label of '{InputHeader}'");
        if (input.Created is not { } created) return Malformed(InputHeader, "has no 'created', the time of signing");
        if (!SignatureTimestamp.TryCheck(
            InputHeader, created.ToString(CultureInfo.InvariantCulture), context.Now, context.Tolerance, out signedAt, out var failure))
            return failure;
        if (input.Expires < context.Now.ToUnixTimeSeconds())
            return WebhookVerification.Invalid(VerificationFailure.TimestampTooOld, $"The signature's 'expires' in '{InputHeader}' has passed. Check the clocks of both sides.");
        if (input.Algorithm is not null && input.Algorithm != settings.Algorithm.Name)
            return Unmatched($"The signature's 'alg' in '{InputHeader}' is not '{settings.Algorithm.Name}', which this verifier knows.");
        if (settings.KeyId is not null && input.KeyId != settings.KeyId)
            return Unmatched($"The signature's 'keyid' in '{InputHeader}' is not '{settings.KeyId}', the key of this verifier.");
        foreach (var name in settings.Components)
        {
            if (!ComponentName.IsProved(name, input.Components) && !IsAbsentType(name, context))
                return Malformed(InputHeader, $"does not cover '{name}', which must be signed");
        }

        return null;
    }

    private WebhookVerification? FindMismatch(in VerificationContext context, SignatureInput input, byte[] signature)
    {
        var message = new MessageComponents { Headers = context.Headers, Method = context.Method, Uri = context.Uri };
        if (SignatureBase.TryCreate(input, message, settings.Components, out var content) is { } failure) return failure;
        return settings.Algorithm.Verify(content, signature, context.Secrets)
            ? null
            : Unmatched($"No signature in '{SignatureHeader}' matches. Check the key, and that method, URI and headers are checked as the sender wrote them.");
    }

    /// <summary>A request without a body has no media type, and so none is signed.</summary>
    private static bool IsAbsentType(string name, in VerificationContext context) =>
        name == ComponentName.ContentType && HeaderField.TryJoin(context.Headers, name, out var value) && value is null;

    private static bool TryGetField(
        in VerificationContext context, string name, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out WebhookVerification? failure)
    {
        failure = !HeaderField.TryJoin(context.Headers, name, out value) ? Malformed(name, $"has more than {HeaderField.MaxLength} characters")
            : value is null ? WebhookVerification.Invalid(VerificationFailure.MissingHeader, $"The request has no header '{name}'.")
            : null;
        return failure is null;
    }

    private static WebhookVerification Malformed(string header, string what) =>
        WebhookVerification.Invalid(VerificationFailure.MalformedHeader, $"The header '{header}' {what}.");

    private static WebhookVerification Unmatched(string message) => WebhookVerification.Invalid(VerificationFailure.NoMatchingSignature, message);
}
