using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Tests.Signing;

/// <summary>Makes requests with HTTP message signatures, and checks them.</summary>
internal static class HttpMessageSample
{
    public const string Secret = "a-secret-of-text";
    public const string OtherSecret = "another-secret-of-text";
    public const string Body = """{"hello": "world"}""";

    public static readonly DateTimeOffset Now = SigningSample.Now;
    public static readonly Uri Uri = new("https://example.com/hooks?list=7");

    public static HttpSignatureOptions Hmac { get; } = new();

    public static HttpSignatureOptions Ecdsa { get; } = new() { Algorithm = HttpSignatureAlgorithm.EcdsaP256Sha256, KeyId = "host-1", KeyPem = NewEcdsaKey() };

    public static HttpSignatureOptions Rsa { get; } = new() { Algorithm = HttpSignatureAlgorithm.RsaPssSha512, KeyId = "host-2", KeyPem = NewRsaKey() };

    public static IEnumerable<HttpSignatureOptions> All => [Hmac, Ecdsa, Rsa];

    /// <summary>The same options with the public half of the key.</summary>
    public static HttpSignatureOptions PublicOf(HttpSignatureOptions options)
    {
        if (options.KeyPem is null) return options;
        using AsymmetricAlgorithm key = options.Algorithm == HttpSignatureAlgorithm.EcdsaP256Sha256 ? ECDsa.Create() : RSA.Create();
        key.ImportFromPem(options.KeyPem);
        return options with { KeyPem = key.ExportSubjectPublicKeyInfoPem() };
    }

    public static SigningContext Context(string body = Body, string id = "msg_1", params string[] secrets) => new()
    {
        MessageId = id,
        Timestamp = Now,
        AttemptNumber = 1,
        Method = HttpMethod.Post,
        Uri = Uri,
        ContentType = "application/json",
        Body = Encoding.UTF8.GetBytes(body),
        Secrets = [.. (secrets.Length == 0 ? [Secret] : secrets).Select(s => new WebhookSecret { Value = s })],
    };

    /// <summary>Signs, and gives the headers as they arrive: with the media type.</summary>
    public static Dictionary<string, string> Sign(HttpSignatureOptions options, SigningContext? context = null) =>
        Sign(WebhookSigners.HttpMessageSignature(options), context ?? Context());

    public static Dictionary<string, string> Sign(ISigner signer, SigningContext context)
    {
        var headers = SigningSample.Sign(signer, context);
        if (context.ContentType is not null) headers["Content-Type"] = context.ContentType;
        return headers;
    }

    public static WebhookVerifier Verifier(HttpSignatureOptions options, DateTimeOffset? now = null, TimeSpan? tolerance = null, params string[] secrets) =>
        new(ProfileOf(options), secrets.Length == 0 && options.KeyPem is null ? [Secret] : secrets, new FixedTime(now ?? Now))
        {
            Tolerance = tolerance ?? TimeSpan.FromMinutes(5),
        };

    public static WebhookVerification Verify(HttpSignatureOptions options, IEnumerable<KeyValuePair<string, string>> headers, string body = Body) =>
        Verifier(options).Verify(HttpMethod.Post, Uri, headers, Encoding.UTF8.GetBytes(body));

    public static WebhookProfile ProfileOf(HttpSignatureOptions options) =>
        WebhookProfiles.StandardWebhooks with { Name = "HttpMessage", Signer = WebhookSigners.HttpMessageSignature(options) };

    public static string NewEcdsaKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    public static string NewRsaKey(int bits = 2048)
    {
        using var key = RSA.Create(bits);
        return key.ExportPkcs8PrivateKeyPem();
    }

    public sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
