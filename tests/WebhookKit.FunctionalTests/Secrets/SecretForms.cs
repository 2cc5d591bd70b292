using System.Text;

namespace WebhookKit.FunctionalTests.Secrets;

/// <summary>Every form in which a secret could slip into a text.</summary>
internal static class SecretForms
{
    public static IEnumerable<string> Of(string secret)
    {
        HashSet<string> forms = [secret];
        AddEncodings(forms, Encoding.UTF8.GetBytes(secret));
        forms.Add(Uri.EscapeDataString(secret));
        if (secret.IndexOf(':') is > 0 and var colon) forms.UnionWith(Of(secret[(colon + 1)..])); // the password alone
        if (!secret.StartsWith("whsec_", StringComparison.Ordinal)) return forms;

        // The part after the prefix, and the key that it stands for.
        var text = secret["whsec_".Length..];
        forms.Add(text);
        forms.Add(Uri.EscapeDataString(text));
        var key = new byte[text.Length];
        if (Convert.TryFromBase64String(text, key, out var length)) AddEncodings(forms, key.AsSpan(0, length));
        return forms;
    }

    private static void AddEncodings(HashSet<string> forms, ReadOnlySpan<byte> bytes)
    {
        forms.Add(Convert.ToBase64String(bytes));
        forms.Add(Convert.ToBase64String(bytes).TrimEnd('='));
        forms.Add(System.Buffers.Text.Base64Url.EncodeToString(bytes));
        forms.Add(Convert.ToHexString(bytes));
        forms.Add(BitConverter.ToString(bytes.ToArray()));
    }
}
