namespace WebhookKit;

/// <summary>A range of HTTP status codes.</summary>
/// <param name="First">The first code in the range.</param>
/// <param name="Last">The last code in the range.</param>
public readonly record struct StatusCodeRange(int First, int Last)
{
    /// <summary>Whether a status code lies in the range.</summary>
    /// <param name="statusCode">The status code.</param>
    /// <returns>Whether it does.</returns>
    public bool Contains(int statusCode) => statusCode >= First && statusCode <= Last;
}
