using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using WebhookKit.Signing;

namespace WebhookKit.Tests.Signing;

/// <summary>The examples of RFC 9421, appendix B, and RFC 9530, with their published keys and signatures.</summary>
public class HttpMessageVectorTests
{
    private const string SharedSecret = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";

    private const string RsaPssPublicKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
        +QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
        oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
        gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
        Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
        aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
        2wIDAQAB
        -----END PUBLIC KEY-----
        """;

    private const string EcdsaPublicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
        w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
        -----END PUBLIC KEY-----
        """;

    private const string EcdsaPrivateKey = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49
        AwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM
        4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
        -----END EC PRIVATE KEY-----
        """;

    private const string RequestDigest = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    private const string ResponseDigest = "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:";

    private const string B23Signature =
        "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5G" +
        "mydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui" +
        "9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==";

    private const string ClientCert =
        ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQy" +
        "MjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3Y" +
        "C8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0l" +
        "BAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEA" +
        "x/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:";

    private static readonly DateTimeOffset Created = DateTimeOffset.FromUnixTimeSeconds(1_618_884_473);
    private static readonly Uri RequestUri = new("https://example.com/foo?param=Value&Pet=dog");

    private static readonly Dictionary<string, string> Request = new()
    {
        ["Host"] = "example.com",
        ["Date"] = "Tue, 20 Apr 2021 02:07:55 GMT",
        ["Content-Type"] = "application/json",
        ["Content-Digest"] = RequestDigest,
        ["Content-Length"] = "18",
    };

    [Test]
    public void Verify_B23FullCoverageRsaPss_Holds()
    {
        var options = new HttpSignatureOptions
        {
            Algorithm = HttpSignatureAlgorithm.RsaPssSha512,
            KeyId = "test-key-rsa-pss",
            KeyPem = RsaPssPublicKey,
            MessageIdHeader = null,
            Components = ["date", "@method", "@path", "@query", "@authority", "content-type", "content-digest", "content-length"],
        };
        var headers = new Dictionary<string, string>(Request)
        {
            ["Signature-Input"] =
                """sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss" """,
            ["Signature"] = $"sig-b23=:{B23Signature}:",
        };

        var result = Verify(options, headers);

        Assert.That(result, Is.EqualTo(WebhookVerification.Valid(null, Created)), result.Message);
        Assert.That(Verify(options, headers, """{"hello": "World"}""").Message, Does.Contain("Content-Digest"));
        Assert.That(Verify(options, new Dictionary<string, string>(headers) { ["Content-Length"] = "19" }).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
    }

    [Test]
    public void Verify_B22WithQueryParam_IsRefusedAsNotSupported()
    {
        var options = new HttpSignatureOptions
        {
            Algorithm = HttpSignatureAlgorithm.RsaPssSha512,
            KeyPem = RsaPssPublicKey,
            MessageIdHeader = null,
            Components = ["@authority", "content-digest"],
        };
        var headers = new Dictionary<string, string>(Request)
        {
            ["Signature-Input"] =
                """sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example" """,
            ["Signature"] = $"sig-b22=:{B23Signature}:",
        };

        Assert.That(Verify(options, headers).Message, Does.Contain("not supported"));
    }

    /// <summary>A response, so what is verified is the published signature over the published base.</summary>
    [Test]
    public void Verify_B24ResponseEcdsa_FitsThePublishedBase()
    {
        var signed = Encoding.ASCII.GetBytes(
            "\"@status\": 200\n\"content-type\": application/json\n" +
            $"\"content-digest\": {ResponseDigest}\n\"content-length\": 23\n" +
            "\"@signature-params\": (\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"");
        var signature = Convert.FromBase64String("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==");
        var algorithm = new EcdsaMessageAlgorithm(EcdsaPublicKey);

        Assert.That(algorithm.Verify(signed, signature, []));
        signed[0] ^= 1;
        Assert.That(algorithm.Verify(signed, signature, []), Is.False);
    }

    [Test]
    public void Verify_B3RequestFromProxyEcdsa_Holds()
    {
        var options = new HttpSignatureOptions
        {
            Algorithm = HttpSignatureAlgorithm.EcdsaP256Sha256,
            KeyId = "test-key-ecc-p256",
            KeyPem = EcdsaPublicKey,
            MessageIdHeader = null,
            Components = ["@path", "@query", "@method", "@authority", "client-cert"],
        };
        var headers = new Dictionary<string, string>
        {
            ["Client-Cert"] = ClientCert,
            ["Signature-Input"] = """ttrp=("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256" """,
            ["Signature"] = "ttrp=:xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:",
        };

        var result = HttpMessageSample.Verifier(options, Created)
            .Verify(HttpMethod.Post, new Uri("https://service.internal.example/foo?param=Value&Pet=dog"), headers, Encoding.UTF8.GetBytes(HttpMessageSample.Body));

        Assert.That(result, Is.EqualTo(WebhookVerification.Valid(null, Created)), result.Message);
    }

    [Test]
    public void Sign_B13PrivateKeyInSec1Form_IsVerifiedByItsPublicKey()
    {
        var options = new HttpSignatureOptions { Algorithm = HttpSignatureAlgorithm.EcdsaP256Sha256, KeyPem = EcdsaPrivateKey };

        Assert.That(HttpMessageSample.Verify(options with { KeyPem = EcdsaPublicKey }, HttpMessageSample.Sign(options)).IsValid);
    }

    /// <summary>The published secret is bytes, not text: what is compared is the base that it signs.</summary>
    [Test]
    public void Create_B25Hmac_GivesThePublishedBaseAndSignature()
    {
        Assert.That(
            SignatureInputParser.TryParse("sig-b25=(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"", out var inputs, out var broken), broken);
        var message = new MessageComponents { Headers = Request, Method = HttpMethod.Post, Uri = RequestUri };

        var fault = SignatureBase.TryCreate(inputs["sig-b25"], message, [], out var content);

        Assert.That(fault, Is.Null);
        Assert.That(Encoding.ASCII.GetString(content), Is.EqualTo(
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n" +
            "\"@signature-params\": (\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\""));
        Assert.That(
            Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(SharedSecret), content)), Is.EqualTo("pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="));
    }

    [TestCase("", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")]
    [TestCase("{\"hello\": \"world\"}", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")]
    [TestCase("{\"hello\": \"world\"}\n", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:")]
    public void Create_ContentDigest_IsThePublishedOne(string body, string digest) =>
        Assert.That(ContentDigest.Create(Encoding.UTF8.GetBytes(body)), Is.EqualTo(digest));

    private static WebhookVerification Verify(HttpSignatureOptions options, Dictionary<string, string> headers, string body = HttpMessageSample.Body) =>
        HttpMessageSample.Verifier(options, Created).Verify(HttpMethod.Post, RequestUri, headers, Encoding.UTF8.GetBytes(body));
}
