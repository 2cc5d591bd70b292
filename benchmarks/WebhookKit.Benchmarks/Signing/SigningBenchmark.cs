using System.Security.Cryptography;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Signing;

/// <summary>What signing 1 KiB costs, against nothing but the hash of as many bytes.</summary>
internal static class SigningBenchmark
{
    private const int BodyLength = 1024;

    public static int Run(Settings settings)
    {
        var rounds = settings.Get("rounds", 15);
        var signer = WebhookProfiles.StandardWebhooks.Signer!;
        var body = new byte[BodyLength];
        var context = new SigningContext
        {
            MessageId = "msg_018f3c1e5b7a7c0f8d1e2a3b4c5d6e7f",
            Timestamp = TimeProvider.System.GetUtcNow(),
            AttemptNumber = 1,
            Method = HttpMethod.Post,
            Uri = new Uri("http://127.0.0.1"),
            Body = body,
            Secrets = [new() { Value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" }],
        };
        var twoSecrets = context with { Secrets = [context.Secrets[0], context.Secrets[0]] };
        var key = new byte[32];
        var hash = new byte[HMACSHA256.HashSizeInBytes];

        var report = new Report("Signing: Standard Webhooks over 1 KiB");
        Measure("  HMAC-SHA256 alone", _ => HMACSHA256.HashData(key, body, hash));
        Measure("  signed headers, one secret", _ => signer.Sign(context, new WebhookHeaders()));
        Measure("  signed headers, two secrets (rotation)", _ => signer.Sign(twoSecrets, new WebhookHeaders()));
        return report.ExitCode;

        void Measure(string name, Action<int> action)
        {
            var (time, bytes) = MicroLoop.Run(rounds, action);
            Report.Row(name + ", us", time.ToString("0.00"));
            Report.Row(name + ", bytes allocated", $"{bytes}");
        }
    }
}
