using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WebhookKit.Signing;

/// <summary>The strict reading of a header that gives the time of signing in unix seconds; shared by all dialects that have one.</summary>
internal static class SignatureTimestamp
{
    private const int MaxDigits = 12;
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static bool TryCheck(
        string header,
        string text,
        DateTimeOffset now,
        TimeSpan tolerance,
        out DateTimeOffset signedAt,
        [NotNullWhen(false)] out WebhookVerification? failure)
    {
        signedAt = default;
        // Looked at first because the framework's parser lets trailing NULs pass.
        if (text.Length > MaxDigits
            || text.AsSpan().ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > MaxSeconds)
        {
            failure = WebhookVerification.Invalid(VerificationFailure.MalformedHeader, $"The header '{header}' does not give unix seconds in digits only.");
            return false;
        }

        // In whole seconds, for the header has no more: a fraction must not decide.
        var age = now.ToUnixTimeSeconds() - seconds;
        var allowed = (long)tolerance.TotalSeconds;
        failure = age > allowed ? WebhookVerification.Invalid(
                VerificationFailure.TimestampTooOld, $"The header '{header}' is {age} s old; at most {allowed} s are allowed. Check the clocks of both sides.")
            : -age > allowed ? WebhookVerification.Invalid(
                VerificationFailure.TimestampTooNew, $"The header '{header}' lies {-age} s in the future; at most {allowed} s are allowed. Check the clocks of both sides.")
            : null;
        if (failure is not null) return false;
        signedAt = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }
}
