namespace WebhookKit.Signing;

/// <summary>The options of an HTTP message signature, checked once.</summary>
internal sealed class HttpSignatureSettings
{
    private const int MaxLabelLength = 64;
    private const int MaxKeyIdLength = 128;
    private const int MaxComponents = 16;

    /// <exception cref="ArgumentException">An option cannot be used; the message says what to do.</exception>
    public HttpSignatureSettings(HttpSignatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Algorithm = CreateAlgorithm(options.Algorithm, options.KeyPem);
        KeyId = options.KeyId;
        Label = options.Label;
        MessageIdHeader = options.MessageIdHeader;
        Components = [.. (options.Components ?? []).Select(name => name?.ToLowerInvariant() ?? "")];
        if (MessageIdHeader?.ToLowerInvariant() is { } id && !Components.Contains(id)) Components = [.. Components, id];
        if (FindFault() is { } fault) throw new ArgumentException(fault, nameof(options));
    }

    public IMessageAlgorithm Algorithm { get; }

    public string? KeyId { get; }

    public string Label { get; }

    public string? MessageIdHeader { get; }

    /// <summary>What is signed and asked for, with the header of the message id.</summary>
    public string[] Components { get; }

    /// <summary>The label of one of several signatures: <c>sig1</c>, <c>sig2</c>; of <c>acme</c>: <c>acme</c>, <c>acme2</c>.</summary>
    public string LabelOf(int index) => index == 0 ? Label : $"{(Label.EndsWith('1') ? Label[..^1] : Label)}{index + 1}";

    private static IMessageAlgorithm CreateAlgorithm(HttpSignatureAlgorithm algorithm, string? pem) => algorithm switch
    {
        HttpSignatureAlgorithm.HmacSha256 => pem is null
            ? new HmacMessageAlgorithm()
            : throw new ArgumentException("hmac-sha256 signs with the secrets of subscriptions. Leave KeyPem null, or choose the algorithm of the key."),
        HttpSignatureAlgorithm.EcdsaP256Sha256 => new EcdsaMessageAlgorithm(EnsureKey(pem)),
        HttpSignatureAlgorithm.RsaPssSha512 => new RsaPssMessageAlgorithm(EnsureKey(pem)),
        _ => throw new ArgumentException($"The algorithm {(int)algorithm} does not exist. Use one of {nameof(HttpSignatureAlgorithm)}."),
    };

    private static string EnsureKey(string? pem) => !string.IsNullOrWhiteSpace(pem)
        ? pem
        : throw new ArgumentException("The algorithm signs with the host's own key. Set KeyPem to the private key, or to the public key where requests are only verified.");

    private string? FindFault()
    {
        var label = new StructuredFieldReader(Label ?? "");
        if (Label is not { Length: > 0 and <= MaxLabelLength } || !label.TryReadKey(out _) || !label.IsComplete)
            return $"Label is refused. Use 1 to {MaxLabelLength} lower-case letters, digits, '_', '-', '.' and '*', first a letter or '*'.";
        if (KeyId is not null && (KeyId.Length is 0 or > MaxKeyIdLength || KeyId.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            return $"KeyId is refused. Use 1 to {MaxKeyIdLength} characters of printable ASCII, or leave it null.";
        if (MessageIdHeader is not null && (MessageIdHeader.StartsWith('@') || !ComponentName.IsSupported(MessageIdHeader.ToLowerInvariant())))
            return $"MessageIdHeader '{MessageIdHeader}' is not a header name. Use letters, digits and hyphens, or null for none.";
        if (Components.Length is 0 or > MaxComponents) return $"Components has {Components.Length} names, with that of the message id. Use 1 to {MaxComponents}.";
        if (Components.FirstOrDefault(name => !ComponentName.IsSupported(name)) is { } unknown)
            return $"Components has '{unknown}', which is not supported. Use header names, @method, @target-uri, @authority, @scheme, @request-target, @path and @query.";
        return Components.Distinct().Count() < Components.Length ? "Components has a name twice. Remove one." : null;
    }
}
