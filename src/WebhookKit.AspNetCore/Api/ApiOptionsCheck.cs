namespace WebhookKit.AspNetCore.Api;

/// <summary>Refuses options that cannot work, all faults at once.</summary>
internal static class ApiOptionsCheck
{
    public static void ThrowIfFaulty(WebhookApiOptions options)
    {
        string[] faults = [.. FindFaults(options)];
        if (faults.Length > 0) throw new ArgumentException(string.Join(Environment.NewLine, faults));
    }

    public static IEnumerable<string> FindFaults(WebhookApiOptions options)
    {
        if (options.PageSize is < 1 or > ApiCall.MaxPageSize)
            yield return $"WebhookApiOptions.PageSize is {options.PageSize}. Use 1 to {ApiCall.MaxPageSize:N0}.";
        if (options.MaxBodyBytes is < 1024 or > 16 * 1024 * 1024)
            yield return $"WebhookApiOptions.MaxBodyBytes is {options.MaxBodyBytes}. Use 1,024 to 16,777,216.";
        if (options.Profiles is { Count: 0 })
            yield return "WebhookApiOptions.Profiles is empty, so that no webhook could be made. Name the profiles that may be chosen, or leave it null for all.";
    }
}
