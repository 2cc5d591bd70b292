namespace WebhookKit.Management;

/// <summary>The size of a page.</summary>
internal static class PageLimit
{
    public const int Max = 1000;

    public static void Check(int limit)
    {
        if (limit is < 1 or > Max)
            throw new WebhookValidationException("Limit", $"A page of {limit} items is out of range. Use 1 to {Max:N0}.");
    }
}
