using System.Security.Cryptography;
using System.Text;
using WebhookKit.Publishing;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Under which id a received event is stored, whose duplicates the store refuses.</summary>
internal static class StoreId
{
    /// <summary>
    /// The event's own id, if the store takes it and nobody else's can be the same; else a hash of all by which it is told apart. Empty for an
    /// event without an id: each gets a new one.
    /// </summary>
    public static string Of(in EventKey key, bool isScopeTheTenant)
    {
        if (key.Id is null) return "";
        var isPlain = key.Source.Length == 0 && (isScopeTheTenant || key.Scope.Length == 0);
        return isPlain && EventValidator.FindIdFault(key.Id) is null ? key.Id : Hash(key);
    }

    private static string Hash(in EventKey key)
    {
        // The lengths keep one split of the text from passing for another.
        var text = FormattableString.Invariant($"{key.Scope.Length} {key.Source.Length} {key.Scope}{key.Source}{key.Id}");
        return "rcv_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 20));
    }
}
