namespace WebhookKit.Signing;

/// <summary>Several signers on one request, for receivers on the way from one header to another. Each signs with the secrets that suit it.</summary>
internal sealed class CombinedSigner(ISigner[] signers) : ISigner, ISignatureVerifier
{
    public SecretUse SecretUse => signers.Min(s => s.SecretUse);

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        var before = headers.Count;
        foreach (var signer in signers)
        {
            // Where a header takes one signature, a receiver that has not moved yet gets it first: it knows only secrets of the old form.
            WebhookSecret[] suitable = [.. context.Secrets.Where(s => Suits(signer, s.Value)).OrderBy(s => signers.Count(other => Suits(other, s.Value)))];
            // While the secrets change with the headers, one header can be without.
            if (suitable.Length == 0 && signer.SecretUse == SecretUse.Required && context.Secrets.Count > 0) continue;
            var added = headers.Count;
            signer.Sign(context with { Secrets = suitable }, headers);
            DropRepeated(headers, added);
        }

        if (headers.Count == before && SecretUse == SecretUse.Required) SigningSecrets.EnsureAny(context with { Secrets = [] });
    }

    /// <summary>One proof is enough: that is what the receiver had before, or has now. Of two, the one that proves the message id counts.</summary>
    public WebhookVerification Verify(in VerificationContext context)
    {
        WebhookVerification? best = null;
        foreach (var signer in signers)
        {
            if (signer is not ISignatureVerifier verifier) continue;
            string[] suitable = [.. context.Secrets.Where(s => Suits(signer, s))];
            if (suitable.Length == 0 && signer.SecretUse != SecretUse.None) continue;
            var result = verifier.Verify(context with { Secrets = suitable });
            if (best is null || Tells(result) > Tells(best)) best = result;
        }

        return best ?? WebhookVerification.Invalid(VerificationFailure.NoMatchingSignature, "None of the profile's signers can verify with the secrets given.");
    }

    /// <summary>A secret is good when one of the signers can use it.</summary>
    public string? FindSecretFault(string secret)
    {
        string? first = null;
        foreach (var signer in signers)
        {
            if (signer.SecretUse == SecretUse.None) continue;
            if (signer.FindSecretFault(secret) is not { } fault) return null;
            first ??= fault;
        }

        return first;
    }

    /// <summary>One that suits as many as can be: each maker's own is offered to all.</summary>
    public string GenerateSecret() => signers
        .Where(s => s.SecretUse != SecretUse.None)
        .Select(s => s.GenerateSecret())
        .MaxBy(secret => signers.Count(s => s.FindSecretFault(secret) is null)) ?? throw new InvalidOperationException("None of the combined signers uses secrets.");

    /// <summary>Signers that cannot be on one request, because both set a header and receivers would see two; <see langword="null"/> when they can.</summary>
    public string? FindClash()
    {
        try
        {
            Sign(
                new SigningContext
                {
                    MessageId = "trial",
                    Timestamp = DateTimeOffset.UnixEpoch,
                    AttemptNumber = 1,
                    Method = HttpMethod.Post,
                    Uri = new Uri("https://example.com/"),
                    ContentType = WebhookEvent.JsonContentType,
                    Body = "{}"u8.ToArray(),
                    Secrets = [.. signers.Where(s => s.SecretUse == SecretUse.Required).Select(s => new WebhookSecret { Value = s.GenerateSecret() })],
                },
                []);
            return null;
        }
        catch (HeaderClashException clash)
        {
            return clash.Message;
        }
        catch (Exception)
        {
            // A host's own signer may want more than a trial has; then the first request shows.
            return null;
        }
    }

    /// <summary>A header that two signers give alike goes once; one that they give differently would be refused by every receiver.</summary>
    private static void DropRepeated(WebhookHeaders headers, int added)
    {
        for (var i = headers.Count - 1; i >= added; i--)
        {
            var (name, value) = headers[i];
            if (headers.Take(added).FirstOrDefault(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase)) is not { Key: not null } before) continue;
            if (before.Value != value) throw new HeaderClashException(name);
            headers.RemoveAt(i);
        }
    }

    private static bool Suits(ISigner signer, string secret) => signer.FindSecretFault(secret) is null;

    /// <summary>How much a result says: a header that the sender never meant to send says least of what is wrong.</summary>
    private static int Tells(WebhookVerification result) => result switch
    {
        // Signed, but not now: what is there besides says nothing of when.
        { Failure: VerificationFailure.TimestampTooOld or VerificationFailure.TimestampTooNew } => 4,
        { IsValid: true, MessageId: not null } => 3,
        { IsValid: true } => 2,
        { Failure: not VerificationFailure.MissingHeader } => 1,
        _ => 0,
    };
}
