using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Signing;

/// <summary>
/// HTTP Basic (RFC 7617): the secret is <c>user:password</c>, sent as it is. It proves the sender only to who trusts the connection,
/// and nothing of the body.
/// </summary>
internal sealed class BasicSigner : ISigner, ISignatureVerifier
{
    private const string Header = "Authorization";
    private const string Scheme = "Basic ";
    private const int MaxLength = 512;

    /// <summary>Most receivers ask for nothing.</summary>
    public SecretUse SecretUse => SecretUse.Optional;

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        if (context.Secrets.Count > 0) headers.Add(Header, Encode(SigningSecrets.TakeOne(context)));
    }

    public WebhookVerification Verify(in VerificationContext context)
    {
        if (!context.TryGetHeader(Header, out var value, out var failure)) return failure;
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return WebhookVerification.Invalid(VerificationFailure.MalformedHeader, $"The header '{Header}' has another scheme than 'Basic'.");

        // Hashed first: the time taken tells nothing, not even of the length.
        var received = Hash(Scheme + value[Scheme.Length..]);
        var matches = false;
        foreach (var secret in context.Secrets) matches |= CryptographicOperations.FixedTimeEquals(received, Hash(Encode(secret)));
        return matches
            ? WebhookVerification.Valid()
            : WebhookVerification.Invalid(VerificationFailure.NoMatchingSignature, $"The user name or the password in '{Header}' is another one.");
    }

    public string? FindSecretFault(string secret) =>
        string.IsNullOrEmpty(secret) || !secret.Contains(':') ? "The user name and password are not of the form 'user:password'."
        : secret.Length > MaxLength ? $"The user name and password have {secret.Length} characters. Use {MaxLength} at most."
        : secret.Any(char.IsControl) ? "The user name or the password has a control character, which HTTP Basic does not allow."
        : null;

    public string GenerateSecret() => "webhook:" + TextSecret.Generate();

    private static string Encode(string credentials) => Scheme + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
