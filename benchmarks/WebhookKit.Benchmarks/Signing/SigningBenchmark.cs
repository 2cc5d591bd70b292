using System.Security.Cryptography;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Signing;

/// <summary>What signing 1 KiB costs under each profile with an HMAC, against nothing but the hash of as many bytes.</summary>
internal static class SigningBenchmark
{
    private const int BodyLength = 1024;
    private const double MostMicroseconds = 5;
    private const double MostBytes = 1024;

    private static readonly WebhookProfile[] Profiles =
    [
        WebhookProfiles.StandardWebhooks,
        WebhookProfiles.Svix,
        WebhookProfiles.MailerLite,
        WebhookProfiles.MailerLiteClassic,
        WebhookProfiles.Stripe,
        WebhookProfiles.GitHub,
        WebhookProfiles.Slack,
        WebhookProfiles.Shopify,
    ];

    public static int Run(Settings settings)
    {
        var rounds = settings.Get("rounds", 15);
        var body = new byte[BodyLength];
        var key = new byte[32];
        var hash = new byte[HMACSHA256.HashSizeInBytes];

        var report = new Report("Signing 1 KiB");
        var (alone, none) = MicroLoop.Run(rounds, _ => HMACSHA256.HashData(key, body, hash));
        Report.Row("HMAC-SHA256 alone, us | bytes allocated", $"{alone.ToString("0.00")} | {none}");
        foreach (var profile in Profiles) Measure(profile.Name, profile.Signer!);
        Measure("Standard Webhooks while rotating, two secrets", WebhookProfiles.StandardWebhooks.Signer!, secrets: 2, isTarget: false);
        Measure("HTTP Message Signatures, hmac-sha256", WebhookSigners.HttpMessageSignature(), isTarget: false);
        return report.ExitCode;

        void Measure(string name, ISigner signer, int secrets = 1, bool isTarget = true)
        {
            var context = new SigningContext
            {
                MessageId = "msg_018f3c1e5b7a7c0f8d1e2a3b4c5d6e7f",
                Timestamp = TimeProvider.System.GetUtcNow(),
                AttemptNumber = 1,
                Method = HttpMethod.Post,
                Uri = new Uri("http://127.0.0.1"),
                ContentType = "application/json",
                Body = body,
                Secrets = [.. Enumerable.Range(0, secrets).Select(_ => new WebhookSecret { Value = signer.GenerateSecret() })],
            };
            var (time, bytes) = MicroLoop.Run(rounds, _ => signer.Sign(context, new WebhookHeaders()));
            if (!isTarget)
            {
                Report.Row(name + ", us | bytes allocated", $"{time.ToString("0.00")} | {bytes}");
                return;
            }

            report.Row(name + ", us", time.ToString("0.00"), $"less than {MostMicroseconds}", time.Median < MostMicroseconds);
            report.Row(name + ", bytes allocated", $"{bytes}", $"less than {MostBytes}", bytes < MostBytes);
        }
    }
}
