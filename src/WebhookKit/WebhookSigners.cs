using System.Security.Cryptography;
using WebhookKit.Signing;

namespace WebhookKit;

/// <summary>The built-in signers, to make profiles of. Each can verify too.</summary>
public static class WebhookSigners
{
    /// <summary>Standard Webhooks 1.0, symmetric (<c>v1</c>): <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>.</summary>
    public static ISigner StandardWebhooks { get; } = new StandardWebhooksSigner();

    /// <summary>The same under the header names that Svix had first: <c>svix-id</c>, <c>svix-timestamp</c>, <c>svix-signature</c>.</summary>
    public static ISigner Svix { get; } = new StandardWebhooksSigner("svix");

    /// <summary>Stripe's: <c>Stripe-Signature: t=…,v1=…</c> over <c>{t}.{body}</c>, with a <c>v1</c> for each active secret.</summary>
    public static ISigner Stripe { get; } = new StripeSigner();

    /// <summary>
    /// Slack's: <c>X-Slack-Signature: v0=…</c> over <c>v0:{timestamp}:{body}</c> and <c>X-Slack-Request-Timestamp</c>; retries carry
    /// <c>X-Slack-Retry-Num</c>, from 1. It holds one signature; see <see cref="Hmac"/> for what that means while rotating.
    /// </summary>
    public static ISigner Slack { get; } = new SlackSigner();

    /// <summary>
    /// HTTP Basic (RFC 7617). The secret is <c>user:password</c>; a subscription without one is sent without. A user name and a password in
    /// a subscription's URL are taken out of it and become its secret. It proves nothing of the body.
    /// </summary>
    public static ISigner Basic { get; } = new BasicSigner();

    /// <summary>A plain HMAC of the body in one header. The key is the secret's text in UTF-8; no time and no id is signed.</summary>
    /// <remarks>
    /// The header holds one signature. While a secret is rotated, the attempts of a delivery take turns, the newest secret first: a
    /// receiver that knows only one of the two gets each delivery with the first or the second attempt.
    /// </remarks>
    /// <param name="header">The header's name.</param>
    /// <param name="encoding">How the hash is written.</param>
    /// <param name="prefix">What stands before it, such as <c>sha256=</c>.</param>
    /// <param name="algorithm">The hash: SHA-256 unless said otherwise, SHA-384, SHA-512 or SHA-1.</param>
    /// <returns>The signer.</returns>
    /// <exception cref="ArgumentException">The header's name, the prefix or the hash cannot be used.</exception>
    public static ISigner Hmac(string header, SignatureEncoding encoding = SignatureEncoding.Hex, string prefix = "", HashAlgorithmName? algorithm = null) =>
        new HmacSigner(header, encoding, prefix, algorithm ?? HashAlgorithmName.SHA256);

    /// <summary>
    /// Several signers on each request, while receivers move from one header to another:
    /// <c>profile with { Signer = WebhookSigners.Combine(profile.Signer!, WebhookSigners.StandardWebhooks) }</c>.
    /// </summary>
    /// <remarks>
    /// Each signs with those of the subscription's secrets that suit it, so that rotating in a secret of the new form adds the new
    /// header while the old one goes on. A verifier accepts a request that one of them proves.
    /// </remarks>
    /// <param name="signers">The signers; at least one.</param>
    /// <returns>The signer that asks each of them.</returns>
    /// <exception cref="ArgumentException">There is none; or two set the same header; or HTTP Basic would send what another signs with.</exception>
    public static ISigner Combine(params ISigner[] signers)
    {
        ArgumentNullException.ThrowIfNull(signers);
        if (signers.Length == 0) throw new ArgumentException("There is no signer. Pass at least one.", nameof(signers));
        if (signers.Any(s => s is BasicSigner) && signers.Count(s => s.SecretUse != SecretUse.None) > 1)
            throw new ArgumentException("HTTP Basic sends its secret as it is, and another signer would sign with the same one. Send credentials in WebhookSubscription.Headers instead.", nameof(signers));

        var combined = new CombinedSigner([.. signers]);
        return combined.FindClash() is { } clash ? throw new ArgumentException(clash, nameof(signers)) : combined;
    }

    /// <summary>
    /// HTTP Message Signatures (RFC 9421) with <c>Content-Digest</c> (RFC 9530): the headers <c>webhook-id</c>, <c>Content-Digest</c>,
    /// <c>Signature-Input</c> and <c>Signature</c>, over the method, the URI, the media type, the body and the id.
    /// </summary>
    /// <remarks>
    /// <para>
    /// It follows RFC 9421, sections 2.1 (fields), 2.2.1 to 2.2.7 (derived components), 2.3 (parameters), 2.5 (signature base), 3.1 and
    /// 3.2 (signing, verifying), 3.3.1, 3.3.3 and 3.3.4 (algorithms), 4.1 and 4.2 (headers), and RFC 9530, section 2 (<c>sha-256</c>; a
    /// verifier takes <c>sha-512</c> too). Parameters of components (section 2.1.1 to 2.1.4, 2.2.8, 2.4) and signed responses are not
    /// supported. <c>created</c> and <c>alg</c> are always sent, <c>keyid</c> where the options name one; a verifier asks for
    /// <c>created</c>, within its tolerance, and honours <c>expires</c>.
    /// </para>
    /// <para>
    /// Verify with the method and the URI: <see cref="WebhookVerifier.Verify(HttpMethod, Uri, IEnumerable{KeyValuePair{string, string}}, ReadOnlyMemory{byte})"/>;
    /// the URI is the one that the sender wrote, which behind a proxy can be another than the one that arrives.
    /// </para>
    /// <para>
    /// With <c>hmac-sha256</c> there is one signature for each active secret of the subscription, under a label of its own. With the
    /// asymmetric algorithms subscriptions need no secret, and the receiver verifies with <see cref="HttpSignatureOptions.KeyPem"/> set to
    /// the public key. In <see cref="Combine"/> an id header that both signers set alike goes once.
    /// </para>
    /// </remarks>
    /// <param name="options">The algorithm, the key and what is covered; <see langword="null"/> for <c>hmac-sha256</c> and the defaults.</param>
    /// <returns>The signer.</returns>
    /// <exception cref="ArgumentException">An option cannot be used, or the key cannot be read; the message says what to do.</exception>
    public static ISigner HttpMessageSignature(HttpSignatureOptions? options = null) => new HttpMessageSigner(new HttpSignatureSettings(options ?? new()));
}
