using System.Diagnostics.CodeAnalysis;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Management;

/// <summary>The user name and password in a URL, which some dialects send as HTTP Basic. They are a secret, and are kept as one.</summary>
internal static class UserInfo
{
    /// <summary>
    /// Whether the secrets of a subscription are not for where it goes now: HTTP Basic would show them to another server, or show a key
    /// that signed so far.
    /// </summary>
    public static bool AreSecretsOfAnother(WebhookSubscription current, WebhookProfile? currentProfile, Uri? url, WebhookProfile? profile) =>
        profile is { TakesUserInfo: true } && url is { IsAbsoluteUri: true }
        && (currentProfile is not { TakesUserInfo: true }
            || Uri.Compare(url, current.Url, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0);

    /// <summary>Takes them out of a URL, if the profile sends them.</summary>
    /// <param name="url">The URL as the user gave it.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="rest">The URL without them.</param>
    /// <param name="secret">Them, as <c>user:password</c>.</param>
    public static bool TryTake(Uri? url, WebhookProfile? profile, [NotNullWhen(true)] out Uri? rest, [NotNullWhen(true)] out string? secret)
    {
        rest = null;
        secret = null;
        if (profile is not { TakesUserInfo: true } || url is not { IsAbsoluteUri: true, UserInfo.Length: > 0 } || !UrlRules.TryRemoveUserInfo(url, out rest)) return false;
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? url.UserInfo : url.UserInfo[..colon];
        var password = colon < 0 ? "" : url.UserInfo[(colon + 1)..];
        secret = Uri.UnescapeDataString(name) + ":" + Uri.UnescapeDataString(password);
        return true;
    }
}
