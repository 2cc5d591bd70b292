using System.Diagnostics.CodeAnalysis;
using WebhookKit.Signing;

namespace WebhookKit;

/// <summary>What a verifier sees of one received request.</summary>
public readonly record struct VerificationContext
{
    /// <summary>The longest header value that <see cref="TryGetHeader"/> lets through, in characters: 4,096.</summary>
    public const int MaxHeaderLength = 4096;

    /// <summary>The headers received. A header that was received twice is in it twice.</summary>
    public required IReadOnlyCollection<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The exact bytes of the body, before any parsing.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The secrets that may have signed it: one, or more while rotating. At least one.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>The time of the check.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How far the time of signing may lie before or after <see cref="Now"/>.</summary>
    public required TimeSpan Tolerance { get; init; }

    /// <summary>The request's method; <see langword="null"/> when the receiver did not say. Needed only by dialects that sign it.</summary>
    public HttpMethod? Method { get; init; }

    /// <summary>The request's URI; <see langword="null"/> when the receiver did not say. Needed only by dialects that sign it.</summary>
    public Uri? Uri { get; init; }

    /// <summary>
    /// The message id that the signature has proved, for an <see cref="IWebhookReader"/>: a header that nothing signs may say another.
    /// <see langword="null"/> while verifying, and under dialects that sign none.
    /// </summary>
    public string? MessageId { get; init; }

    /// <summary>Finds a header that may be there; of several the first. Upper and lower case are the same.</summary>
    /// <param name="name">The header's name.</param>
    /// <returns>Its value, or <see langword="null"/>.</returns>
    public string? FindHeader(string name)
    {
        if (Headers is IHeaderLookup lookup) return lookup.Count(name, out var found) > 0 ? found : null;
        foreach (var header in Headers)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)) return header.Value;
        }

        return null;
    }

    /// <summary>Finds a header that must be there exactly once. Upper and lower case are the same.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="value">Its value, neither empty nor longer than <see cref="MaxHeaderLength"/>.</param>
    /// <param name="failure">Why there is no such value; <see langword="null"/> when there is.</param>
    /// <returns>Whether it is there once, and of a reasonable length.</returns>
    public bool TryGetHeader(string name, [NotNullWhen(true)] out string? value, [NotNullWhen(false)] out WebhookVerification? failure)
    {
        var count = CountHeader(name, out value);
        failure = count switch
        {
            0 => WebhookVerification.Invalid(VerificationFailure.MissingHeader, $"The request has no header '{name}'."),
            > 1 => WebhookVerification.Invalid(VerificationFailure.RepeatedHeader, $"The request has the header '{name}' {count} times; it must be there once."),
            _ when string.IsNullOrEmpty(value) => WebhookVerification.Invalid(VerificationFailure.MalformedHeader, $"The header '{name}' is empty."),
            _ when value.Length > MaxHeaderLength => WebhookVerification.Invalid(
                VerificationFailure.MalformedHeader, $"The header '{name}' has {value.Length} characters; at most {MaxHeaderLength} are allowed."),
            _ => null,
        };
        if (failure is not null) value = null;
        return failure is null;
    }

    private int CountHeader(string name, out string? value)
    {
        if (Headers is IHeaderLookup lookup) return lookup.Count(name, out value);
        value = null;
        var count = 0;
        foreach (var header in Headers)
        {
            if (!string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)) continue;
            value = header.Value;
            count++;
        }

        return count;
    }
}
