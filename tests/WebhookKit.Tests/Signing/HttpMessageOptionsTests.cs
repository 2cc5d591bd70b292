using System.Security.Cryptography;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

public class HttpMessageOptionsTests
{
    [Test]
    public void New_Default_IsHmac() => Assert.That(WebhookSigners.HttpMessageSignature(), Is.InstanceOf<ISignatureVerifier>().And.Property("SecretUse").EqualTo(SecretUse.Required));

    [Test]
    public void ToString_WithKey_HidesIt()
    {
        var options = HttpMessageSample.Ecdsa;

        Assert.That($"{options}", Is.EqualTo("EcdsaP256Sha256 (host-1)"));
        Assert.That($"{HttpMessageSample.Hmac}", Is.EqualTo("HmacSha256"));
        Assert.That($"{WebhookSigners.HttpMessageSignature(options)}", Does.Not.Contain("KEY"));
    }

    public static IEnumerable<TestCaseData> Refused()
    {
        var hmac = HttpMessageSample.Hmac;
        yield return Case("algorithm", hmac with { Algorithm = (HttpSignatureAlgorithm)9 }, "does not exist");
        yield return Case("key for HMAC", hmac with { KeyPem = HttpMessageSample.Ecdsa.KeyPem }, "Leave KeyPem null");
        yield return Case("no key", HttpMessageSample.Ecdsa with { KeyPem = null }, "Set KeyPem");
        yield return Case("empty key", HttpMessageSample.Rsa with { KeyPem = " " }, "Set KeyPem");
        yield return Case("junk key", HttpMessageSample.Rsa with { KeyPem = "hush" }, "cannot be read");
        yield return Case("RSA key for ECDSA", HttpMessageSample.Rsa with { Algorithm = HttpSignatureAlgorithm.EcdsaP256Sha256 }, "ECDsa key");
        yield return Case("ECDSA key for RSA", HttpMessageSample.Ecdsa with { Algorithm = HttpSignatureAlgorithm.RsaPssSha512 }, "RSA key");
        yield return Case("two keys", HttpMessageSample.Ecdsa with { KeyPem = HttpMessageSample.NewEcdsaKey() + "\n" + HttpMessageSample.NewEcdsaKey() }, "one ECDsa key");
        yield return Case("encrypted key", HttpMessageSample.Ecdsa with { KeyPem = Encrypted() }, "not encrypted");
        yield return Case("other curve", HttpMessageSample.Ecdsa with { KeyPem = KeyOn(ECCurve.NamedCurves.nistP384) }, "not on the curve P-256");
        yield return Case("other curve of 256 bits", HttpMessageSample.Ecdsa with { KeyPem = KeyOn(ECCurve.NamedCurves.brainpoolP256r1) }, "not on the curve P-256");
        yield return Case("short RSA key", HttpMessageSample.Rsa with { KeyPem = HttpMessageSample.NewRsaKey(1024) }, "fewer than 2048");
        yield return Case("key id empty", hmac with { KeyId = "" }, "KeyId");
        yield return Case("key id long", hmac with { KeyId = new string('k', 129) }, "KeyId");
        yield return Case("key id with line break", hmac with { KeyId = "a\nb" }, "KeyId");
        yield return Case("key id beyond ASCII", hmac with { KeyId = "é" }, "KeyId");
        yield return Case("label null", hmac with { Label = null! }, "Label");
        yield return Case("label empty", hmac with { Label = "" }, "Label");
        yield return Case("label long", hmac with { Label = new string('a', 65) }, "Label");
        yield return Case("label in capitals", hmac with { Label = "Sig" }, "Label");
        yield return Case("label with digit first", hmac with { Label = "1sig" }, "Label");
        yield return Case("label with space", hmac with { Label = "sig 1" }, "Label");
        yield return Case("label with space before", hmac with { Label = " sig" }, "Label");
        yield return Case("id header", hmac with { MessageIdHeader = "webhook id" }, "MessageIdHeader");
        yield return Case("id header empty", hmac with { MessageIdHeader = "" }, "MessageIdHeader");
        yield return Case("id header derived", hmac with { MessageIdHeader = "@method" }, "MessageIdHeader");
        yield return Case("id header of the signature", hmac with { MessageIdHeader = "Signature" }, "MessageIdHeader");
        yield return Case("no components", hmac with { Components = [], MessageIdHeader = null }, "Use 1 to 16");
        yield return Case("components null", hmac with { Components = null!, MessageIdHeader = null }, "Use 1 to 16");
        yield return Case("17 components", hmac with { Components = [.. Enumerable.Range(0, 16).Select(i => $"x-{i}")] }, "Use 1 to 16");
        yield return Case("component null", hmac with { Components = [null!] }, "not supported");
        yield return Case("component with parameter", hmac with { Components = ["content-digest;req"] }, "'content-digest;req'");
        yield return Case("component @status", hmac with { Components = ["@status"] }, "'@status'");
        yield return Case("component @query-param", hmac with { Components = ["@query-param"] }, "'@query-param'");
        yield return Case("component @signature-params", hmac with { Components = ["@signature-params"] }, "not supported");
        yield return Case("component signature", hmac with { Components = ["Signature"] }, "not supported");
        yield return Case("component twice", hmac with { Components = ["@method", "@Method"] }, "twice");

        static TestCaseData Case(string name, HttpSignatureOptions options, string message) => new TestCaseData(options, message).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Refused))]
    public void HttpMessageSignature_OptionRefused_SaysWhatToDoWithoutTheKey(HttpSignatureOptions options, string message)
    {
        var fault = Assert.Catch<ArgumentException>(() => WebhookSigners.HttpMessageSignature(options));

        Assert.That(fault.Message, Does.Contain(message));
        if (!string.IsNullOrWhiteSpace(options.KeyPem)) Assert.That($"{fault}", Does.Not.Contain(options.KeyPem.Split('\n')[^1]).And.Not.Contain("MIG"));
    }

    [Test]
    public void HttpMessageSignature_ComponentsInCapitals_AreLowered() =>
        Assert.That(
            HttpMessageSample.Sign(HttpMessageSample.Hmac with { Components = ["@Method", "Content-Digest", "Webhook-Id"] })["Signature-Input"],
            Does.StartWith("sig1=(\"@method\" \"content-digest\" \"webhook-id\");"));

    private static string KeyOn(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string Encrypted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportEncryptedPkcs8PrivateKeyPem("hush-hush", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000));
    }
}
