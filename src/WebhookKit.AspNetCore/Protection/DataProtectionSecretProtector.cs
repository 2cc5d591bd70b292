using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace WebhookKit.AspNetCore.Protection;

/// <summary>
/// Secrets by Data Protection. What is stored is a mark, and the base64url of a version byte and what Data Protection makes of the text under
/// a purpose of the tenant's own.
/// </summary>
internal sealed class DataProtectionSecretProtector(IDataProtectionProvider provider, WebhookSecretProtectionOptions options) : ISecretProtector
{
    /// <summary>What protected texts begin with; no secret that the library makes does.</summary>
    public const string Mark = "webhookkit-dp:";
    private const byte Version = 1;
    private const string Purpose = "WebhookKit.Secrets";

    public string Protect(string text, string? tenantId)
    {
        var payload = ProtectorOf(tenantId).Protect(Encoding.UTF8.GetBytes(text));
        return Mark + Base64Url.EncodeToString([Version, .. payload]);
    }

    public string Unprotect(string protectedText, string? tenantId)
    {
        if (!protectedText.StartsWith(Mark, StringComparison.Ordinal))
        {
            return options.ReadUnprotected
                ? protectedText
                : throw new InvalidOperationException(
                    $"A secret {Whose(tenantId)} is not protected in the store. Save it again while {nameof(WebhookSecretProtectionOptions)}."
                    + $"{nameof(WebhookSecretProtectionOptions.ReadUnprotected)} is true, or rotate it; if you had all protected, find out who wrote it.");
        }

        if (Decode(protectedText) is not [Version, .. var payload])
            throw new InvalidOperationException($"A secret {Whose(tenantId)} was protected in a form that this version of the library does not know. Update the library on this node, or rotate the secret.");
        try
        {
            return Encoding.UTF8.GetString(ProtectorOf(tenantId).Unprotect(payload));
        }
        catch (CryptographicException cause)
        {
            throw new InvalidOperationException(
                $"A secret {Whose(tenantId)} cannot be read: Data Protection no longer has the key, the application name is another one, or it is another tenant's secret. "
                + "Restore the key ring (PersistKeysTo…) and use one SetApplicationName on all nodes; if the keys are lost, rotate the secret.",
                cause);
        }
    }

    private static byte[] Decode(string protectedText)
    {
        try
        {
            return Base64Url.DecodeFromChars(protectedText.AsSpan(Mark.Length));
        }
        catch (FormatException)
        {
            return [];
        }
    }

    /// <summary>No tenant is a tenant of its own: no id can stand for it.</summary>
    private IDataProtector ProtectorOf(string? tenantId) =>
        tenantId is null ? provider.CreateProtector(Purpose, "v1", "no tenant") : provider.CreateProtector(Purpose, "v1", "tenant", tenantId);

    private static string Whose(string? tenantId) => tenantId is null ? "of no tenant" : $"of tenant '{tenantId}'";
}
