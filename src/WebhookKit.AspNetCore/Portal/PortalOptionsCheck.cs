using WebhookKit.AspNetCore.Api;

namespace WebhookKit.AspNetCore.Portal;

/// <summary>Refuses options that cannot work, all faults at once.</summary>
internal static class PortalOptionsCheck
{
    private const int MaxTitle = 100;

    public static void ThrowIfFaulty(WebhookPortalOptions options)
    {
        string[] faults = [.. FindFaults(options), .. ApiOptionsCheck.FindFaults(options.Api)];
        if (faults.Length > 0) throw new ArgumentException(string.Join(Environment.NewLine, faults));
    }

    private static IEnumerable<string> FindFaults(WebhookPortalOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Title) || options.Title.Length > MaxTitle)
            yield return $"WebhookPortalOptions.Title is '{options.Title}'. Use 1 to {MaxTitle} characters.";
        if (options.HomeUrl is { } home && !IsLink(home))
            yield return $"WebhookPortalOptions.HomeUrl is '{home}'. Use a path such as '/' or an absolute http or https URL, or null for no link.";

        // Anything else could end the directive, or the header.
        if (string.IsNullOrWhiteSpace(options.FrameAncestors) || options.FrameAncestors.Any(c => c is < ' ' or > '~' or ';' or ','))
            yield return $"WebhookPortalOptions.FrameAncestors is '{options.FrameAncestors}'. Use sources parted by blanks, such as \"'self' https://app.example.com\", or \"'none'\".";
    }

    private static bool IsLink(string url) =>
        (url.StartsWith('/') && Uri.IsWellFormedUriString(url, UriKind.Relative)) || (Uri.TryCreate(url, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https");
}
