using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>What a request has to bring beside its signature: credentials, or a secret in its path. Every candidate is compared, in constant time.</summary>
internal sealed class Proof
{
    public const string PathParameter = "secret";
    private const string Scheme = "Basic ";
    private const int MaxLength = 1024;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[][] _credentials;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[][] _pathSecrets;

    public Proof(WebhookReceiverOptions options)
    {
        _credentials = [.. options.BasicCredentials.Select(c => Hash(Convert.ToBase64String(Encoding.UTF8.GetBytes(c))))];
        _pathSecrets = [.. options.PathSecrets.Select(Hash)];
        AsksForCredentials = _credentials.Length > 0 || (!options.AllowUnsigned && options.Profile.Signer is Signing.BasicSigner);
    }

    /// <summary>Whether a refusal is to say that credentials are wanted (RFC 9110, section 11.6.1).</summary>
    public bool AsksForCredentials { get; }

    /// <summary>Says which proof a request lacks; <see langword="null"/> when it has all.</summary>
    public string? FindFault(HttpContext context)
    {
        if (_pathSecrets.Length > 0 && !IsOneOf(context.GetRouteValue(PathParameter) as string, _pathSecrets)) return "The secret in the path is another one.";
        if (_credentials.Length == 0) return null;
        if (context.Request.Headers.Authorization is not [{ } value] || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return "There are no Basic credentials.";
        return IsOneOf(value[Scheme.Length..].Trim(), _credentials) ? null : "The user name or the password is another one.";
    }

    private static bool IsOneOf(string? text, byte[][] hashes)
    {
        if (text is null || text.Length > MaxLength) return false;

        // Hashed first: the time taken tells nothing, not even of the length.
        var received = Hash(text);
        var matches = false;
        foreach (var hash in hashes) matches |= CryptographicOperations.FixedTimeEquals(received, hash);
        return matches;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
