using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace WebhookKit.Sending.Guarding;

/// <summary>
/// Which URLs a subscription may have. Refuses every form that two programs could read differently, so that what was judged here is what
/// is connected to later. Pure.
/// </summary>
internal static class UrlRules
{
    public const int MaxLength = 2000;
    private const int MaxHostLength = 253;
    private const int MaxLabelLength = 63;
    private const string Example = "Use one such as https://example.com/hooks.";

    private static readonly string[] InternalNames = [".localhost", ".local", ".internal"];
    private static readonly SearchValues<char> LabelChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>Names every fault of a URL; none when it is good.</summary>
    public static IEnumerable<string> FindFaults(Uri? url, EndpointGuard guard)
    {
        if (url is null) return ["The URL is missing. Use an absolute https URL, such as https://example.com/hooks."];
        var text = url.OriginalString;
        if (text.Length > MaxLength) return [$"The URL has {text.Length} characters. Use {MaxLength} at most."];
        if (!url.IsAbsoluteUri) return [$"The URL '{Shown(url)}' is not absolute. {Example}"];
        if (text.StartsWith('/') || text.StartsWith('\\')) return [$"The URL '{Shown(url)}' has no scheme. {Example}"];
        return FindFaultsOfAbsolute(url, guard);
    }

    /// <summary>A URL for a message, without what may be a password in it.</summary>
    public static string Shown(Uri? url) => url is null ? ""
        : url is { IsAbsoluteUri: true, Scheme: "https" or "http" } && TryRemoveUserInfo(url, out var rest) ? rest.AbsoluteUri
        : Shown(url.OriginalString);

    /// <summary>The same for a text that may be no URL at all.</summary>
    public static string Shown(string text) => text.LastIndexOf('@') is var at and >= 0 ? $"…{text[at..]}" : text;

    /// <summary>
    /// Takes the user name and password out of a URL, and leaves all else as it was written: what <see cref="UriBuilder"/> would make of
    /// it may be sound where this is not.
    /// </summary>
    public static bool TryRemoveUserInfo(Uri url, [NotNullWhen(true)] out Uri? rest)
    {
        var text = url.OriginalString;
        var (start, length) = Authority(text).GetOffsetAndLength(text.Length);
        var userInfo = text.AsSpan(start, length).LastIndexOf('@') + 1;
        return Uri.TryCreate(text.Remove(start, userInfo), UriKind.Absolute, out rest) && rest.UserInfo.Length == 0;
    }

    private static IEnumerable<string> FindFaultsOfAbsolute(Uri url, EndpointGuard guard)
    {
        var shown = Shown(url);
        var isHttp = url.Scheme is "https" or "http";
        if (!isHttp) yield return $"The URL '{shown}' has the scheme '{url.Scheme}'. Use https.";
        if (url.OriginalString.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            yield return "The URL has a space, a tab, a line break or a control character in it. Leave it out, or write it percent-encoded.";
        if (url.UserInfo.Length > 0) yield return "The URL carries a user name or password, which this profile does not send. Leave them out of the URL. (A user name with a colon in it cannot be sent at all.)";
        if (url.OriginalString.IndexOf('#', StringComparison.Ordinal) is var at and >= 0)
            yield return $"The URL '{shown}' has a fragment, which is never sent. Leave out '{url.OriginalString[at..]}'.";
        if (url.Port is 0) yield return $"The URL '{shown}' has port 0. Use the endpoint's port.";
        if (!isHttp) yield break;
        if (FindHostFault(url, guard) is { } fault) yield return fault;
        else if (url.Scheme == "http" && !guard.AllowsHttp(url.IdnHost))
            yield return $"The URL '{shown}' begins with http, so that anybody on the way can read and change what is sent. Use https (or set WebhookOptions.Guard.AllowHttp).";
    }

    private static string? FindHostFault(Uri url, EndpointGuard guard)
    {
        var authority = url.OriginalString.AsSpan()[Authority(url.OriginalString)];
        var written = authority[(authority.LastIndexOf('@') + 1)..];
        if (url.Host.Length == 0) return $"The URL '{Shown(url)}' names no host. {Example}";
        if (written.ContainsAnyExceptInRange('!', '~'))
            return "The URL's host has a character that is not ASCII. Write it in its ASCII form, such as xn--bcher-kva.example for bücher.example.";
        if (authority.Contains('\\') || written.Contains('%')) return "The URL's host has a back slash or a percent sign, which not everybody reads alike. Leave it out.";
        if (url.HostNameType == UriHostNameType.IPv6 && !EndsWithLiteral(written))
            return "The URL's address has something between its ']' and the port or path. Use one such as https://[2606:4700::1111]:8443/hooks.";

        var host = url.IdnHost.EndsWith('.') ? url.IdnHost[..^1] : url.IdnHost;
        if (host.Length is 0 or > MaxHostLength) return $"The URL's host has {host.Length} characters. Use 1 to {MaxHostLength}.";
        if (guard.IsAllowedHost(host) || guard.IsAllowedLoopback(host)) return null;
        return url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 ? FindAddressFault(host, guard) : FindNameFault(host);
    }

    private static string? FindAddressFault(string host, EndpointGuard guard) =>
        guard.FindForbidden(IPAddress.Parse(host)) is { } rule ? $"The URL's address {host} is in {rule}, where no webhooks go. {EndpointGuard.Fix}" : null;

    private static string? FindNameFault(string host)
    {
        var labels = host.Split('.');
        if (labels.Any(l => l.Length is 0 or > MaxLabelLength || l.AsSpan().ContainsAnyExcept(LabelChars) || l[0] == '-' || l[^1] == '-'))
            return $"The URL's host '{host}' is no host name. {Example}";

        // What ends in a number is an address to browsers, however it is written: 127.0.0.1., 0x7f.1.
        if (IsNumber(labels[^1])) return $"The URL's host '{host}' ends in a number, but is not written as an address. Use four numbers with dots between and no dot at the end, or a name.";
        if (labels.Length == 1 || InternalNames.Any(n => host.EndsWith(n, StringComparison.OrdinalIgnoreCase)))
            return $"The URL's host '{host}' is a name inside a network. {EndpointGuard.Fix}";
        return null;
    }

    private static bool IsNumber(string label) =>
        label.All(char.IsAsciiDigit) || (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && label.Skip(2).All(char.IsAsciiHexDigit));

    /// <summary>Whether only a port follows an address in brackets. <see cref="Uri"/> takes <c>[::1]evil.com</c> for <c>[::1]/evil.com</c>, and <c>[::1/64]</c> for <c>[::1]</c>.</summary>
    private static bool EndsWithLiteral(ReadOnlySpan<char> written) =>
        written.IndexOf(']') is var end and >= 0 && (end == written.Length - 1 || written[end + 1] == ':');

    /// <summary>Where the text between the scheme and the path is: user info, host and port, as they were written.</summary>
    private static Range Authority(string text)
    {
        var start = text.IndexOf(':', StringComparison.Ordinal) + 1;
        while (start < text.Length && text[start] == '/') start++;
        var length = text.AsSpan(start).IndexOfAny("/?#");
        return start..(length < 0 ? text.Length : start + length);
    }
}
