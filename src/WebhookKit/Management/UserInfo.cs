using System.Diagnostics.CodeAnalysis;
using WebhookKit.Sending.Guarding;
using WebhookKit.Signing;

namespace WebhookKit.Management;

/// <summary>The user name and password in a URL, which some dialects send as HTTP Basic. They are a secret, and are kept as one.</summary>
internal static class UserInfo
{
    /// <summary>
    /// Whether the secrets of a subscription are not for where it goes now: HTTP Basic would show them to another server, or show a key
    /// that signed so far.
    /// </summary>
    public static bool AreSecretsOfAnother(WebhookSubscription current, WebhookProfile? currentProfile, WebhookSubscription changed, WebhookProfile? profile)
    {
        if (profile is not { Signer: BasicSigner }) return false;
        if (currentProfile is not { Signer: BasicSigner }) return true;
        var known = Servers(current, currentProfile).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Servers(changed, profile).Any(server => !known.Contains(server));
    }

    /// <summary>Takes them out of a URL, if the profile sends them.</summary>
    /// <param name="url">The URL as the user gave it.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="rest">The URL without them.</param>
    /// <param name="secret">Them, as <c>user:password</c>.</param>
    public static bool TryTake(Uri? url, WebhookProfile? profile, [NotNullWhen(true)] out Uri? rest, [NotNullWhen(true)] out string? secret)
    {
        rest = null;
        secret = null;
        if (profile is not { Signer: BasicSigner } || url is not { IsAbsoluteUri: true, UserInfo.Length: > 0 }) return false;
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? url.UserInfo : url.UserInfo[..colon]);
        var password = colon < 0 ? "" : url.UserInfo[(colon + 1)..];

        // Where the name ends could not be told (RFC 7617, section 2): left in the URL, it is refused.
        if (user.Contains(':', StringComparison.Ordinal) || !UrlRules.TryRemoveUserInfo(url, out rest)) return false;
        secret = user + ":" + Uri.UnescapeDataString(password);
        return true;
    }

    /// <summary>Everywhere that its requests go.</summary>
    private static IEnumerable<string> Servers(WebhookSubscription subscription, WebhookProfile profile) =>
        new[] { subscription.Url }
            .Concat(subscription.Settings is null ? [] : profile.Format.FindOtherUrls(subscription).Select(u => u.Value))
            .Where(url => url is { IsAbsoluteUri: true })
            .Select(url => $"{url.Scheme}://{url.Authority}");
}
