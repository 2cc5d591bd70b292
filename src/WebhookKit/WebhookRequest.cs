namespace WebhookKit;

/// <summary>A request as it is shown to people: without secrets.</summary>
public sealed record WebhookRequest
{
    /// <summary>Stands for a value that is not shown.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>Stands for the value of a header that proves a request, which is another one at each attempt.</summary>
    public const string SignedLater = "(signed at each attempt)";

    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>Where it goes.</summary>
    public required string Url { get; init; }

    /// <summary>
    /// The headers by name, without those that only the connection needs. Those of the signer are <see cref="SignedLater"/>; credentials, and the headers
    /// that the subscription adds, are <see cref="Hidden"/>.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body as text, byte for byte where it is UTF-8; <see langword="null"/> when there is none.</summary>
    public string? Body { get; init; }
}
