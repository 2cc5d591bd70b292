namespace WebhookKit.Signing;

/// <summary>
/// HTTP Message Signatures (RFC 9421, section 3.1): <c>Signature-Input</c> says what is covered, <c>Signature</c> proves it, and
/// <c>Content-Digest</c> (RFC 9530) puts the body among it.
/// </summary>
internal sealed class HttpMessageSigner(HttpSignatureSettings settings) : ISigner, ISignatureVerifier
{
    public const string InputHeader = "Signature-Input";
    public const string SignatureHeader = "Signature";
    private readonly HttpMessageVerifier _verifier = new(settings);

    public SecretUse SecretUse => settings.Algorithm.SecretUse;

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        if (settings.MessageIdHeader is { } idHeader) AddOnce(headers, idHeader, context.MessageId);
        if (settings.Components.Contains(ComponentName.ContentDigest)) AddOnce(headers, ContentDigest.Header, ContentDigest.Create(context.Body.Span));

        var input = CreateInput(context);
        var message = new MessageComponents
        {
            Headers = headers,
            // As HttpClient writes it: 'post' is sent as 'POST'.
            Method = HttpMethod.Parse(context.Method.Method),
            Uri = context.Uri,
            ContentType = context.ContentType,
        };
        if (SignatureBase.TryCreate(input, message, settings.Components, out var content) is { } fault)
            throw new InvalidOperationException($"The request cannot be signed. {fault.Message}");

        var signatures = settings.Algorithm.Sign(content, context);
        headers.Add(InputHeader, string.Join(", ", signatures.Select((_, i) => $"{settings.LabelOf(i)}={input}")));
        headers.Add(SignatureHeader, string.Join(", ", signatures.Select((bytes, i) => $"{settings.LabelOf(i)}=:{Convert.ToBase64String(bytes)}:")));
    }

    public WebhookVerification Verify(in VerificationContext context) => _verifier.Verify(context);

    public string? FindSecretFault(string secret) => SecretUse == SecretUse.None ? null : TextSecret.FindFault(secret);

    public string GenerateSecret() => SecretUse != SecretUse.None
        ? TextSecret.Generate()
        : throw new InvalidOperationException($"The signer signs with the host's own key ({settings.Algorithm.Name}); subscriptions need no secret and none is made.");

    private SignatureInput CreateInput(in SigningContext context)
    {
        var input = new SignatureInput();
        foreach (var name in settings.Components)
        {
            // A request without a body has no media type to cover.
            if (name != ComponentName.ContentType || context.ContentType is not null) input.AddComponent(name);
        }

        input.AddParameter("created", new StructuredFieldItem(context.Timestamp.ToUnixTimeSeconds()));
        if (settings.KeyId is { } keyId) input.AddParameter("keyid", new StructuredFieldItem(keyId));
        input.AddParameter("alg", new StructuredFieldItem(settings.Algorithm.Name));
        return input;
    }

    /// <summary>Another signer on the same request may have added it; a second line would change what is signed.</summary>
    private static void AddOnce(WebhookHeaders headers, string name, string value)
    {
        HeaderField.TryJoin(headers, name, out var existing);
        if (existing is null) headers.Add(name, value);
        else if (existing != value)
            throw new InvalidOperationException($"The request has a header '{name}' with another value already. Remove it from the format.");
    }
}
