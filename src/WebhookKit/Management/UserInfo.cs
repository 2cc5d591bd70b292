using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Management;

/// <summary>The user name and password in a URL, which some dialects send as HTTP Basic. They are a secret, and are kept as one.</summary>
internal static class UserInfo
{
    /// <summary>Takes them out of a URL, if the profile sends them.</summary>
    /// <param name="url">The URL as the user gave it.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="rest">The URL without them.</param>
    /// <param name="secret">Them, as <c>user:password</c>.</param>
    public static bool TryTake(Uri? url, WebhookProfile? profile, [NotNullWhen(true)] out Uri? rest, [NotNullWhen(true)] out string? secret)
    {
        rest = null;
        secret = null;
        if (profile is not { TakesUserInfo: true } || url is not { IsAbsoluteUri: true, UserInfo.Length: > 0 }) return false;
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? url.UserInfo : url.UserInfo[..colon];
        var password = colon < 0 ? "" : url.UserInfo[(colon + 1)..];
        secret = Uri.UnescapeDataString(name) + ":" + Uri.UnescapeDataString(password);
        rest = new UriBuilder(url) { UserName = "", Password = "" }.Uri;
        return true;
    }
}
