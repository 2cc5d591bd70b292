namespace WebhookKit.Management;

/// <summary>Which headers of its own a subscription may have: none that would break a request apart, and none that is not its to set. Pure.</summary>
internal static class HeaderRules
{
    private const int MaxCount = 20;
    private const int MaxNameLength = 128;
    private const int MaxValueLength = 4096;

    private static readonly string[] Reserved =
    [
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
        "Cookie", "traceparent", "tracestate", "baggage",
    ];

    /// <summary>What is wrong with a subscription's headers; none of the messages has a value in it.</summary>
    public static IEnumerable<string> FindFaults(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null) return ["The headers are null. Use an empty dictionary for none."];
        if (headers.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() < headers.Count) return ["Two headers have one name in upper and lower case. Use each once."];
        return headers.Count > MaxCount ? [$"There are {headers.Count} headers. Use {MaxCount} at most."] : headers.Select(h => FindFault(h.Key, h.Value)).OfType<string>();
    }

    /// <summary>What is wrong with headers that the profile gives a request too.</summary>
    public static IEnumerable<string> FindDoubles(WebhookSubscription subscription, IEnumerable<string> ofProfile) =>
        from name in ofProfile
        where subscription.Headers.Keys.Contains(name, StringComparer.OrdinalIgnoreCase)
        select $"The header '{name}' is set by the profile '{subscription.Profile}'. Leave it out.";

    private static string? FindFault(string name, string? value)
    {
        if (name.Length > MaxNameLength) return $"The name of a header has {name.Length} characters. Use {MaxNameLength} at most.";
        if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase))
            return $"The header '{name}' is reserved. Leave it out.";
        if (value is null) return $"The header '{name}' is null. Leave it out instead.";
        if (value.Length > MaxValueLength) return $"The header '{name}' has {value.Length} characters. Use {MaxValueLength} at most.";
        try
        {
            new WebhookHeaders().Add(name, value);
            return null;
        }
        catch (ArgumentException fault)
        {
            return fault.Message;
        }
    }
}
