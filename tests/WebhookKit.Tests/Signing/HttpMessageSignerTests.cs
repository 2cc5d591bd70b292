using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using WebhookKit.Signing;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Signing;

public class HttpMessageSignerTests
{
    [Test]
    public void Sign_Hmac_EqualsThePlainFormula()
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac with { KeyId = "k\"1" });

        const string input = """("@method" "@target-uri" "content-type" "content-digest" "webhook-id");created=1700000000;keyid="k\"1";alg="hmac-sha256" """;
        const string digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
        var signed =
            "\"@method\": POST\n\"@target-uri\": https://example.com/hooks?list=7\n\"content-type\": application/json\n" +
            $"\"content-digest\": {digest}\n\"webhook-id\": msg_1\n\"@signature-params\": {input.Trim()}";
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(HttpMessageSample.Secret), Encoding.UTF8.GetBytes(signed));
        Assert.That(headers, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["webhook-id"] = "msg_1",
            ["Content-Digest"] = digest,
            ["Signature-Input"] = "sig1=" + input.Trim(),
            ["Signature"] = $"sig1=:{Convert.ToBase64String(hash)}:",
            ["Content-Type"] = "application/json",
        }));
    }

    [Test]
    public void Sign_Ecdsa_GivesRAndS() => Assert.That(SignatureOf(HttpMessageSample.Ecdsa), Has.Length.EqualTo(64));

    [Test]
    public void Sign_RsaPss_HasASaltOf64Bytes()
    {
        using var key = RSA.Create();
        key.ImportFromPem(HttpMessageSample.Rsa.KeyPem);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var encoded = System.Numerics.BigInteger.ModPow(Number(SignatureOf(HttpMessageSample.Rsa)), Number(parameters.Exponent!), Number(parameters.Modulus!))
            .ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] block = [.. new byte[256 - encoded.Length], .. encoded];

        // EMSA-PSS (RFC 8017, section 9.1.2): masked DB, H of 64 bytes, 0xbc. DB is zeros, 0x01 and the salt.
        var db = block[..(256 - 65)];
        var mask = Mask(block[db.Length..^1], db.Length);
        for (var i = 0; i < db.Length; i++) db[i] ^= mask[i];
        db[0] &= 0x7f;
        Assert.That(db.Length - Array.IndexOf(db, (byte)1) - 1, Is.EqualTo(64));
    }

    [Test]
    public void Sign_SeveralSecrets_GivesOneLabelEachThatItsSecretVerifies()
    {
        string[] secrets = [HttpMessageSample.Secret, HttpMessageSample.OtherSecret];
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac, HttpMessageSample.Context(secrets: secrets));

        Assert.That(headers["Signature-Input"], Does.StartWith("sig1=(").And.Contain(", sig2=("));
        Assert.That(headers["Signature"], Does.StartWith("sig1=:").And.Contain(", sig2=:"));
        foreach (var secret in secrets)
        {
            var verifier = HttpMessageSample.Verifier(HttpMessageSample.Hmac, secrets: [secret]);
            Assert.That(verifier.Verify(HttpMethod.Post, HttpMessageSample.Uri, headers, Encoding.UTF8.GetBytes(HttpMessageSample.Body)).IsValid);
        }
    }

    [Test]
    public void Sign_AsManySecretsAsThereCanBe_IsVerifiedByTheLast()
    {
        string[] secrets = [.. Enumerable.Range(0, 10).Select(i => $"secret-number-{i}")];
        var options = HttpMessageSample.Hmac with { KeyId = new string('k', 128) };
        var headers = HttpMessageSample.Sign(options, HttpMessageSample.Context(secrets: secrets));

        var result = HttpMessageSample.Verifier(options, secrets: [secrets[^1]]).Verify(HttpMethod.Post, HttpMessageSample.Uri, headers, Encoding.UTF8.GetBytes(HttpMessageSample.Body));

        Assert.That(result.IsValid, result.Message);
    }

    [TestCase("sig1", "sig1,sig2,sig3")]
    [TestCase("acme", "acme,acme2,acme3")]
    [TestCase("v2", "v2,v22,v23")]
    public void LabelOf_Several_CountUp(string label, string labels)
    {
        var settings = new HttpSignatureSettings(HttpMessageSample.Hmac with { Label = label });

        Assert.That(Enumerable.Range(0, 3).Select(settings.LabelOf), Is.EqualTo(labels.Split(',')));
    }

    [Test]
    public void Sign_NoBody_CoversNoMediaTypeButTheEmptyBody()
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac, HttpMessageSample.Context("") with { ContentType = null });

        Assert.That(headers["Signature-Input"], Does.Not.Contain("content-type"));
        Assert.That(headers["Content-Digest"], Is.EqualTo("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"));
        Assert.That(HttpMessageSample.Verify(HttpMessageSample.Hmac, headers, "").IsValid);
    }

    [TestCase("https://user:pass@Example.COM:443/a b?x=ü#fragment", "https://example.com/a%20b?x=%C3%BC")]
    [TestCase("http://example.com:8080", "http://example.com:8080/")]
    [TestCase("https://bücher.example/?", "https://xn--bcher-kva.example/?")]
    [TestCase("http://[::1]:9000/x", "http://[::1]:9000/x")]
    public void Find_TargetUri_IsWhatTheReceiverSees(string uri, string expected)
    {
        var message = new MessageComponents { Headers = [], Method = null, Uri = new Uri(uri) };

        message.Find("@target-uri", out var value, out _);

        Assert.That(value, Is.EqualTo(expected));
    }

    [TestCase("@scheme", "https")]
    [TestCase("@authority", "example.com:8443")]
    [TestCase("@request-target", "/a/b?x=1")]
    [TestCase("@path", "/a/b")]
    [TestCase("@query", "?x=1")]
    [TestCase("@method", "PUT")]
    public void Find_Derived_IsAsTheRfcSays(string name, string expected)
    {
        var message = new MessageComponents { Headers = [], Method = HttpMethod.Put, Uri = new Uri("https://EXAMPLE.com:8443/a/b?x=1") };

        Assert.That(message.Find(name, out var value, out _), Is.EqualTo(VerificationFailure.None));
        Assert.That(value, Is.EqualTo(expected));
    }

    [Test]
    public void Find_NoQuery_IsAQuestionMark()
    {
        new MessageComponents { Headers = [], Method = null, Uri = new Uri("https://example.com/a") }.Find("@query", out var value, out _);

        Assert.That(value, Is.EqualTo("?"));
    }

    [Test]
    public void Find_HeaderInSeveralLines_IsTrimmedAndJoined()
    {
        var message = new MessageComponents
        {
            Headers = [new("X-List", "  a, b\t"), new("other", "x"), new("x-list", ""), new("X-LIST", " c ")],
            Method = null,
            Uri = null,
        };

        message.Find("x-list", out var value, out _);

        Assert.That(value, Is.EqualTo("a, b, , c"));
    }

    [Test]
    public void Sign_MethodInLowerCase_IsSignedAsItIsSent()
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac, HttpMessageSample.Context() with { Method = new HttpMethod("post") });

        Assert.That(HttpMessageSample.Verify(HttpMessageSample.Hmac, headers).IsValid);
    }

    [Test]
    public void Sign_HeaderOfTheFormat_CanBeCovered()
    {
        var signer = WebhookSigners.HttpMessageSignature(HttpMessageSample.Hmac with { Components = ["@method", "content-digest", "X-Event"] });
        var headers = new WebhookHeaders { { "X-Event", "order.paid" } };

        signer.Sign(HttpMessageSample.Context(), headers);

        Assert.That(headers.Single(h => h.Key == "Signature-Input").Value, Does.Contain("\"x-event\" \"webhook-id\""));
    }

    [Test]
    public void Sign_CoveredHeaderMissing_SaysWhich() =>
        Assert.That(
            () => HttpMessageSample.Sign(HttpMessageSample.Hmac with { Components = ["x-event"] }),
            Throws.InvalidOperationException.With.Message.Contains("'x-event'").And.Message.Contains("cannot be signed"));

    [Test]
    public void Sign_AfterStandardWebhooks_SharesTheId()
    {
        var signer = WebhookSigners.Combine(WebhookSigners.StandardWebhooks, WebhookSigners.HttpMessageSignature());
        var headers = new WebhookHeaders();

        signer.Sign(HttpMessageSample.Context(secrets: [SigningSample.Secret]), headers);

        Assert.That(headers.Count(h => h.Key == "webhook-id"), Is.EqualTo(1));
        var received = headers.Append(new("Content-Type", "application/json"));
        var verifier = HttpMessageSample.Verifier(HttpMessageSample.Hmac, secrets: [SigningSample.Secret]);
        Assert.That(verifier.Verify(HttpMethod.Post, HttpMessageSample.Uri, received, Encoding.UTF8.GetBytes(HttpMessageSample.Body)).MessageId, Is.EqualTo("msg_1"));
    }

    [Test]
    public void Sign_OtherIdThereAlready_IsRefused() =>
        Assert.That(
            () => WebhookSigners.HttpMessageSignature().Sign(HttpMessageSample.Context(), new WebhookHeaders { { "Webhook-Id", "other" } }),
            Throws.InvalidOperationException.With.Message.Contains("'webhook-id'"));

    [TestCase(true)]
    [TestCase(false)]
    public void Sign_PublicKeyOnly_IsRefusedWithWhatToDo(bool isRsa)
    {
        var options = HttpMessageSample.PublicOf(isRsa ? HttpMessageSample.Rsa : HttpMessageSample.Ecdsa);

        Assert.That(() => HttpMessageSample.Sign(options), Throws.InvalidOperationException.With.Message.Contains("private key"));
    }

    [Test]
    public void Sign_NoSecret_IsRefused() =>
        Assert.That(
            () => HttpMessageSample.Sign(HttpMessageSample.Hmac, HttpMessageSample.Context() with { Secrets = [] }),
            Throws.InvalidOperationException.With.Message.Contains("Rotate its secret"));

    [Test]
    public void Secrets_Hmac_AreText()
    {
        var signer = WebhookSigners.HttpMessageSignature();

        Assert.That(signer.SecretUse, Is.EqualTo(SecretUse.Required));
        Assert.That(signer.FindSecretFault(signer.GenerateSecret()), Is.Null);
        Assert.That(signer.FindSecretFault(" spaced"), Does.Contain("begins or ends with a space"));
    }

    [Test]
    public void Secrets_OwnKey_AreOfNoUse()
    {
        var signer = WebhookSigners.HttpMessageSignature(HttpMessageSample.Ecdsa);

        Assert.That(signer.SecretUse, Is.EqualTo(SecretUse.None));
        Assert.That(signer.FindSecretFault("any"), Is.Null);
        Assert.That(signer.GenerateSecret, Throws.InvalidOperationException.With.Message.Contains("need no secret"));
    }

    [TestCaseSource(typeof(HttpMessageSample), nameof(HttpMessageSample.All))]
    public async Task Deliver_ThroughTheEngine_IsVerifiedByTheReceiver(HttpSignatureOptions options)
    {
        var profile = HttpMessageSample.ProfileOf(options);
        await using var harness = await WebhookTestHarness.StartAsync(webhooks =>
        {
            webhooks.AddProfile(profile);
            webhooks.AddEventType("order.paid", "Fires when an order is paid.");
        });
        var subscription = await harness.Subscriptions.CreateAsync(new NewWebhookSubscription
        {
            Url = new Uri("https://example.com/hooks?list=7"),
            EventTypes = ["*"],
            Profile = profile.Name,
        });
        await harness.Publisher.PublishAsync("order.paid", 1, new PublishOptions { EventId = "evt_1" });
        await harness.DrainAsync();

        var request = harness.Requests.Single();
        var verifier = new WebhookVerifier(HttpMessageSample.ProfileOf(HttpMessageSample.PublicOf(options)), subscription.Secrets.Select(s => s.Value), harness.Clock);
        var result = verifier.Verify(request.Method, request.Uri, request.Headers, request.Body);
        Assert.That(result.MessageId, Is.EqualTo("evt_1"), result.Message);
    }

    private static byte[] SignatureOf(HttpSignatureOptions options) =>
        Convert.FromBase64String(HttpMessageSample.Sign(options)["Signature"]["sig1=:".Length..^1]);

    private static System.Numerics.BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Mask(byte[] seed, int length) =>
        [.. Enumerable.Range(0, length / 64 + 1).SelectMany(i => SHA512.HashData([.. seed, 0, 0, 0, (byte)i])).Take(length)];
}
