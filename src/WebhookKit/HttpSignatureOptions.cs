using System.Diagnostics;

namespace WebhookKit;

/// <summary>How <see cref="WebhookSigners.HttpMessageSignature"/> signs and what it asks of a signature. Its text form never shows the key.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed record HttpSignatureOptions
{
    /// <summary>The algorithm (RFC 9421, section 3.3). Default: <see cref="HttpSignatureAlgorithm.HmacSha256"/>.</summary>
    public HttpSignatureAlgorithm Algorithm { get; init; } = HttpSignatureAlgorithm.HmacSha256;

    /// <summary>
    /// The name of the key: sent as <c>keyid</c> (RFC 9421, section 2.3), and when verifying, the only one accepted. 1 to 128
    /// characters of printable ASCII. Default: <see langword="null"/>, neither sent nor asked for.
    /// </summary>
    public string? KeyId { get; init; }

    /// <summary>
    /// The host's own key as PEM, for the asymmetric algorithms only: the private key (<c>PRIVATE KEY</c>, <c>EC PRIVATE KEY</c> or
    /// <c>RSA PRIVATE KEY</c>, not encrypted); to verify, the public key (<c>PUBLIC KEY</c>) is enough. Default: <see langword="null"/>.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? KeyPem { get; init; }

    /// <summary>
    /// The label of the signature (RFC 9421, section 4.1): a lower-case letter or <c>*</c>, then lower-case letters, digits, <c>_</c>,
    /// <c>-</c>, <c>.</c> and <c>*</c>; 64 at most. With several active secrets the labels count up: <c>sig1</c>, <c>sig2</c>, ….
    /// A verifier takes any label. Default: <c>sig1</c>.
    /// </summary>
    public string Label { get; init; } = "sig1";

    /// <summary>
    /// What is signed, in this order, and what a received signature must cover at least (RFC 9421, section 2): names of headers, and of
    /// <c>@method</c>, <c>@target-uri</c>, <c>@authority</c>, <c>@scheme</c>, <c>@request-target</c>, <c>@path</c> and <c>@query</c>;
    /// 16 at most. Default: <c>@method</c>, <c>@target-uri</c>, <c>content-type</c>, <c>content-digest</c>.
    /// </summary>
    /// <remarks>
    /// <c>content-type</c> counts only where the request has one. <c>content-digest</c> is what proves the body: without it nothing of
    /// the body is proved. A received signature may cover the parts of the target in place of the whole, and the whole in place of a part.
    /// Other headers must be ones that the format gives. <see cref="MessageIdHeader"/> need not be listed; it comes last.
    /// </remarks>
    public IReadOnlyList<string> Components { get; init; } = ["@method", "@target-uri", "content-type", "content-digest"];

    /// <summary>
    /// The header that carries the message id. The signer adds and covers it, a verifier asks for it, so that the id to drop duplicates
    /// by is proved. <see langword="null"/> for none. Default: <c>webhook-id</c>.
    /// </summary>
    public string? MessageIdHeader { get; init; } = "webhook-id";

    /// <summary>A text without the key.</summary>
    /// <returns>The algorithm, and the key's name if it has one.</returns>
    public override string ToString() => KeyId is null ? $"{Algorithm}" : $"{Algorithm} ({KeyId})";
}
