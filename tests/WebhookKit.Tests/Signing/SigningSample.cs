using System.Text;

namespace WebhookKit.Tests.Signing;

/// <summary>Makes requests to sign and to verify.</summary>
internal static class SigningSample
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string OtherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static SigningContext Context(string id = "msg_1", string body = "{}", DateTimeOffset? at = null, params string[] secrets) =>
        Context(id, Encoding.UTF8.GetBytes(body), at ?? Now, secrets.Length == 0 ? [Secret] : secrets);

    public static SigningContext Context(string id, byte[] body, DateTimeOffset at, IEnumerable<string> secrets) => new()
    {
        MessageId = id,
        Timestamp = at,
        AttemptNumber = 1,
        Method = HttpMethod.Post,
        Uri = new Uri("https://example.com/hooks"),
        Body = body,
        Secrets = [.. secrets.Select(s => new WebhookSecret { Value = s })],
    };

    public static Dictionary<string, string> Sign(ISigner signer, in SigningContext context)
    {
        var headers = new WebhookHeaders();
        signer.Sign(context, headers);
        return headers.ToDictionary(h => h.Key, h => h.Value);
    }

    public static WebhookVerifier Verifier(DateTimeOffset now, params string[] secrets) => Verifier(WebhookProfiles.StandardWebhooks, now, secrets);

    public static WebhookVerifier Verifier(WebhookProfile profile, DateTimeOffset now, params string[] secrets) => new(profile, secrets, new FixedTime(now));

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
