using System.Text;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

public class HttpMessageVerifierTests
{
    private static readonly HttpSignatureOptions Hmac = HttpMessageSample.Hmac;

    [TestCaseSource(typeof(HttpMessageSample), nameof(HttpMessageSample.All))]
    public void Verify_Signed_GivesIdAndTime(HttpSignatureOptions options)
    {
        var result = HttpMessageSample.Verify(HttpMessageSample.PublicOf(options), HttpMessageSample.Sign(options));

        Assert.That(result, Is.EqualTo(WebhookVerification.Valid("msg_1", HttpMessageSample.Now)), result.Message);
    }

    [TestCaseSource(typeof(HttpMessageSample), nameof(HttpMessageSample.All))]
    public void Verify_OtherKey_Fails(HttpSignatureOptions options)
    {
        var headers = HttpMessageSample.Sign(options, HttpMessageSample.Context(secrets: [HttpMessageSample.OtherSecret]));
        var other = options with
        {
            KeyPem = options.Algorithm switch
            {
                HttpSignatureAlgorithm.EcdsaP256Sha256 => HttpMessageSample.NewEcdsaKey(),
                HttpSignatureAlgorithm.RsaPssSha512 => HttpMessageSample.NewRsaKey(),
                _ => null,
            },
        };

        var result = HttpMessageSample.Verify(other, headers);

        Assert.That(result.Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
        Assert.That(result.MessageId, Is.Null, "an id that was not proved");
        Assert.That(result.Message, Does.Contain("Check the key"));
    }

    [TestCaseSource(typeof(HttpMessageSample), nameof(HttpMessageSample.All))]
    public void Verify_SignatureOfAnyBytes_FailsWithoutThrowing(HttpSignatureOptions options)
    {
        var headers = HttpMessageSample.Sign(options);
        foreach (var length in new[] { 0, 1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 512, 1000 })
        {
            foreach (var filler in new byte[] { 0, 1, 0x7f, 0xff })
            {
                var bytes = new byte[length];
                Array.Fill(bytes, filler);
                headers["Signature"] = $"sig1=:{Convert.ToBase64String(bytes)}:";

                Assert.That(HttpMessageSample.Verify(options, headers).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
            }
        }
    }

    [Test]
    public void Verify_MethodOrUriNotPassed_IsAMissingTarget()
    {
        var headers = HttpMessageSample.Sign(Hmac);
        var body = Encoding.UTF8.GetBytes(HttpMessageSample.Body);
        var verifier = HttpMessageSample.Verifier(Hmac);

        Assert.That(verifier.Verify(headers, body).Failure, Is.EqualTo(VerificationFailure.MissingTarget));
        Assert.That(verifier.Verify(null, HttpMessageSample.Uri, headers, body).Message, Does.Contain("'@method'"));
        Assert.That(verifier.Verify(HttpMethod.Post, null, headers, body).Message, Does.Contain("'@target-uri'").And.Contain("pass both"));
        Assert.That(verifier.Verify(HttpMethod.Post, new Uri("/hooks?list=7", UriKind.Relative), headers, body).Failure, Is.EqualTo(VerificationFailure.MissingTarget));
    }

    [Test]
    public void Verify_TargetNotAskedFor_NeedsNone()
    {
        var options = Hmac with { Components = ["content-digest"] };

        Assert.That(HttpMessageSample.Verifier(options).Verify(HttpMessageSample.Sign(options), Encoding.UTF8.GetBytes(HttpMessageSample.Body)).IsValid);
    }

    [TestCase("@scheme @authority @request-target", true)]
    [TestCase("@scheme @authority @path @query", true)]
    [TestCase("@authority @path @query", false)]
    [TestCase("@scheme @path @query", false)]
    [TestCase("@scheme @authority @path", false)]
    public void Verify_PartsOfTheTarget_StandForTheWholeOnlyTogether(string parts, bool holds)
    {
        string[] rest = ["@method", "content-type", "content-digest"];
        var headers = HttpMessageSample.Sign(Hmac with { Components = [.. parts.Split(' '), .. rest] });

        var result = HttpMessageSample.Verify(Hmac, headers);

        Assert.That(result.IsValid, Is.EqualTo(holds), result.Message);
        if (!holds) Assert.That(result.Message, Does.Contain("does not cover '@target-uri'"));
    }

    [TestCase("@path")]
    [TestCase("@query")]
    [TestCase("@scheme")]
    [TestCase("@authority")]
    [TestCase("@request-target")]
    public void Verify_WholeTarget_StandsForAPart(string part) =>
        Assert.That(HttpMessageSample.Verify(Hmac with { Components = [part, "content-digest"] }, HttpMessageSample.Sign(Hmac)).IsValid);

    [TestCase("@method")]
    [TestCase("@target-uri")]
    [TestCase("content-type")]
    [TestCase("content-digest")]
    public void Verify_ComponentNotCovered_NamesIt(string name)
    {
        var headers = HttpMessageSample.Sign(Hmac with { Components = [.. Hmac.Components.Where(c => c != name)] });

        var result = HttpMessageSample.Verify(Hmac, headers);

        Assert.That(result.Failure, Is.EqualTo(VerificationFailure.MalformedHeader));
        Assert.That(result.Message, Does.Contain($"does not cover '{name}'"));
    }

    [Test]
    public void Verify_IdNotCovered_NamesIt()
    {
        var headers = HttpMessageSample.Sign(Hmac with { MessageIdHeader = null });
        headers["webhook-id"] = "msg_1";

        Assert.That(HttpMessageSample.Verify(Hmac, headers).Message, Does.Contain("does not cover 'webhook-id'"));
    }

    [Test]
    public void Verify_OtherIdHeader_IsTheOneProved()
    {
        var options = Hmac with { MessageIdHeader = "X-Message" };
        var headers = HttpMessageSample.Sign(options);

        Assert.That(headers, Does.Not.ContainKey("webhook-id"));
        Assert.That(HttpMessageSample.Verify(options, headers).MessageId, Is.EqualTo("msg_1"));
    }

    [Test]
    public void Verify_SpaceAroundTheId_IsNotPartOfIt()
    {
        var headers = HttpMessageSample.Sign(Hmac);
        headers["webhook-id"] = "  msg_1 \t";

        Assert.That(HttpMessageSample.Verify(Hmac, headers).MessageId, Is.EqualTo("msg_1"));
    }

    [Test]
    public void Verify_HeaderNamesInOtherCase_Holds()
    {
        var headers = HttpMessageSample.Sign(Hmac).ToDictionary(h => h.Key.ToUpperInvariant(), h => h.Value);

        Assert.That(HttpMessageSample.Verify(Hmac, headers).IsValid);
    }

    [Test]
    public void Verify_OtherSpacingOfTheInput_HoldsForTheStrictFormIsSigned()
    {
        var headers = HttpMessageSample.Sign(Hmac);
        headers["Signature-Input"] = "  " + headers["Signature-Input"].Replace("(\"", "(   \"").Replace("\" \"", "\"   \"").Replace("\")", "\"  )").Replace(";", ";  ") + " ";

        Assert.That(HttpMessageSample.Verify(Hmac, headers).IsValid);
    }

    [Test]
    public void Verify_EscapesInParameters_AreSignedAsTheyWere()
    {
        var options = Hmac with { KeyId = """a"b\c""" };
        var headers = HttpMessageSample.Sign(options);

        Assert.That(headers["Signature-Input"], Does.Contain("""keyid="a\"b\\c" """.Trim()));
        Assert.That(HttpMessageSample.Verify(options, headers).IsValid);
    }

    [Test]
    public void Verify_SignatureOfAProxyBeside_IsPassedOver()
    {
        var headers = HttpMessageSample.Sign(Hmac);
        var input = headers["Signature-Input"];
        var signature = headers["Signature"];
        foreach (var proxy in new[] { """proxy=("@status";req "x";sf;key="a";bs;n=-1.5;t=tok/en;f=?0;y=:AAAA:);created=5;app=x""", "proxy=();nonce=\"a\"", "proxy=(\"X\")" })
        {
            foreach (var isFirst in new[] { true, false })
            {
                headers["Signature-Input"] = isFirst ? $"{proxy},\t{input}" : $"{input} , {proxy}";
                headers["Signature"] = isFirst ? $"proxy=:AAAA:, {signature}" : $"{signature}, proxy=:AAAA:";

                Assert.That(HttpMessageSample.Verify(Hmac, headers).IsValid, proxy);
            }
        }
    }

    [Test]
    public void Verify_SignaturesInSeveralLines_AreOneDictionary()
    {
        var headers = HttpMessageSample.Sign(Hmac).Prepend(new("Signature", "proxy=:AAAA:")).Prepend(new("Signature-Input", "proxy=()"));

        Assert.That(HttpMessageSample.Verify(Hmac, headers).IsValid);
    }

    [Test]
    public void Verify_SeveralLabelsFail_OursSaysWhy()
    {
        var headers = HttpMessageSample.Sign(Hmac);
        headers["Signature-Input"] = "proxy=(), " + headers["Signature-Input"];

        Assert.That(HttpMessageSample.Verify(Hmac, headers, "x").Message, Does.Contain("Content-Digest"));
        headers["Signature"] = "sig1=:AAAA:";
        Assert.That(HttpMessageSample.Verify(Hmac, headers).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
    }

    [TestCase(0, VerificationFailure.None)]
    [TestCase(300, VerificationFailure.None)]
    [TestCase(301, VerificationFailure.TimestampTooOld)]
    [TestCase(-300, VerificationFailure.None)]
    [TestCase(-301, VerificationFailure.TimestampTooNew)]
    public void Verify_Age_MustBeWithinTheTolerance(int age, VerificationFailure failure)
    {
        var verifier = HttpMessageSample.Verifier(Hmac, HttpMessageSample.Now.AddSeconds(age));

        var result = verifier.Verify(HttpMethod.Post, HttpMessageSample.Uri, HttpMessageSample.Sign(Hmac), Encoding.UTF8.GetBytes(HttpMessageSample.Body));

        Assert.That(result.Failure, Is.EqualTo(failure));
    }

    [TestCase(-1, VerificationFailure.TimestampTooOld)]
    [TestCase(0, VerificationFailure.None)]
    [TestCase(1, VerificationFailure.None)]
    public void Verify_Expires_IsHonoured(int seconds, VerificationFailure failure)
    {
        var result = HttpMessageSample.Verify(Hmac, HttpMessageSigning.With($";expires={HttpMessageSample.Now.ToUnixTimeSeconds() + seconds}"));

        Assert.That(result.Failure, Is.EqualTo(failure), result.Message);
    }

    [TestCase(";nonce=\"b3k2pp5k7z-50gnwp.yemd\";tag=\"app\"")]
    [TestCase(";alg=\"hmac-sha256\"")]
    [TestCase(";keyid=\"any\"")]
    [TestCase("")]
    public void Verify_OptionalParameters_AreSignedToo(string parameters) =>
        Assert.That(HttpMessageSample.Verify(Hmac, HttpMessageSigning.With(parameters)).IsValid);

    [Test]
    public void Verify_KeyIdAskedFor_MustBeIt()
    {
        var options = Hmac with { KeyId = "mine" };

        Assert.That(HttpMessageSample.Verify(options, HttpMessageSigning.With(";keyid=\"mine\"")).IsValid);
        Assert.That(HttpMessageSample.Verify(options, HttpMessageSigning.With(";keyid=\"other\"")).Message, Does.Contain("'keyid'").And.Contain("'mine'").And.Not.Contain("other"));
        Assert.That(HttpMessageSample.Verify(options, HttpMessageSigning.With("")).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
    }

    [Test]
    public void Verify_MoreHeadersCovered_MustBeThereAndHold()
    {
        var options = Hmac with { Components = [.. Hmac.Components, "x-extra"] };
        var headers = new WebhookHeaders { { "X-Extra", "1" } };
        WebhookSigners.HttpMessageSignature(options).Sign(HttpMessageSample.Context(), headers);
        var received = headers.Append(new("Content-Type", "application/json")).ToDictionary();

        Assert.That(HttpMessageSample.Verify(Hmac, received).IsValid);
        received["X-Extra"] = "2";
        Assert.That(HttpMessageSample.Verify(Hmac, received).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
        received["X-Extra"] = "1\n\"@method\": PUT";
        Assert.That(HttpMessageSample.Verify(Hmac, received).Message, Does.Contain("control").And.Not.Contain("x-extra"));
        received.Remove("X-Extra");
        Assert.That(HttpMessageSample.Verify(Hmac, received).Failure, Is.EqualTo(VerificationFailure.MissingHeader));
    }

    [Test]
    public void Verify_MediaTypeAddedOnTheWay_IsNotCovered()
    {
        var headers = HttpMessageSample.Sign(Hmac, HttpMessageSample.Context("") with { ContentType = null });
        headers["Content-Type"] = "text/html";

        Assert.That(HttpMessageSample.Verify(Hmac, headers, "").Message, Does.Contain("does not cover 'content-type'"));
    }

    [Test]
    public void Verify_HostThatIsNoHostName_FailsWithoutThrowing()
    {
        var uri = new Uri("https://\ufffd。ا\ud83d\ude00a/hooks?list=7");
        Assert.That(() => uri.IdnHost, Throws.InstanceOf<UriFormatException>(), "what the framework does with it");

        var result = HttpMessageSample.Verifier(Hmac).Verify(HttpMethod.Post, uri, HttpMessageSample.Sign(Hmac), Encoding.UTF8.GetBytes(HttpMessageSample.Body));

        Assert.That(result.Failure, Is.EqualTo(VerificationFailure.MalformedHeader));
    }

    [Test]
    public void Verify_SameSignatureUnderAnotherTarget_Fails()
    {
        var body = Encoding.UTF8.GetBytes(HttpMessageSample.Body);
        var headers = HttpMessageSample.Sign(Hmac);
        var verifier = HttpMessageSample.Verifier(Hmac);
        string[] uris = ["http://example.com/hooks?list=7", "https://example.com:8443/hooks?list=7", "https://example.org/hooks?list=7", "https://example.com/hooks?list=8", "https://example.com/hooks"];

        Assert.That(uris.Select(uri => verifier.Verify(HttpMethod.Post, new Uri(uri), headers, body).Failure), Is.All.EqualTo(VerificationFailure.NoMatchingSignature));
        Assert.That(verifier.Verify(HttpMethod.Put, HttpMessageSample.Uri, headers, body).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
    }
}
