using System.Text;
using NUnit.Framework;
using NUnit.Framework.Constraints;
using WebhookKit.Signing;

namespace WebhookKit.Tests.Signing;

public class WebhookVerifierTests
{
    private static readonly StandardWebhooksSigner Signer = new();

    [TestCaseSource(typeof(SignatureVectors), nameof(SignatureVectors.StandardWebhooks))]
    public void Verify_KnownVector_Holds(SignatureVector vector)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(vector.Timestamp);
        var headers = new Dictionary<string, string>(vector.Headers) { ["webhook-id"] = vector.Id, ["webhook-timestamp"] = $"{vector.Timestamp}" };

        foreach (var secret in vector.Secrets)
        {
            var result = SigningSample.Verifier(now, secret).Verify(headers, Encoding.UTF8.GetBytes(vector.Body));

            Assert.That(result, Is.EqualTo(WebhookVerification.Valid(vector.Id, now)));
            Assert.That(result.IsValid);
        }
    }

    [Test]
    public void Verify_AnythingSigned_Holds()
    {
        var random = new Random(23);
        for (var i = 0; i < 300; i++)
        {
            var request = SignedRequest.Random(random);

            Assert.That(request.Verify(), Is.EqualTo(WebhookVerification.Valid(request.Id, request.At)));
        }
    }

    [Test]
    public void Verify_AnySingleChange_Fails()
    {
        var random = new Random(29);
        for (var i = 0; i < 100; i++)
        {
            var request = SignedRequest.Random(random);
            for (var change = 0; change < 40; change++)
            {
                var changed = request.WithOneChange(random);

                Assert.That(changed.Verify().IsValid, Is.False, () => $"{request}\n{changed}");
            }
        }
    }

    [Test]
    public void Verify_EachBitOfTheSignatureText_Counts()
    {
        var request = SignedRequest.Random(new Random(31));
        for (var at = 0; at < request.Signature.Length; at++)
        {
            for (var bit = 0; bit < 7; bit++)
            {
                var text = request.Signature.ToCharArray();
                text[at] ^= (char)(1 << bit);

                Assert.That((request with { Signature = new string(text) }).Verify().IsValid, Is.False, () => $"{request.Signature} {at} {bit}");
            }
        }
    }

    [Test]
    public void Verify_OtherSecret_Fails()
    {
        var request = SignedRequest.Random(new Random(37)) with { Secrets = [SigningSample.OtherSecret] };

        var result = request.Verify();

        Assert.That(result.Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
        Assert.That(result.MessageId, Is.Null, "an id that was not proved");
        Assert.That(result.Timestamp, Is.Null);
        Assert.That(result.Message, Does.Contain("Check the secret"));
    }

    [Test]
    public void Verify_Rotation_HoldsWithEitherSecretOnEitherSide()
    {
        var headers = SigningSample.Sign(Signer, SigningSample.Context(secrets: [SigningSample.OtherSecret, SigningSample.Secret]));
        var old = SigningSample.Sign(Signer, SigningSample.Context());
        string[][] receivers = [[SigningSample.Secret], [SigningSample.OtherSecret], [SigningSample.OtherSecret, SigningSample.Secret]];

        Assert.That(receivers.Select(s => SigningSample.Verifier(SigningSample.Now, s).Verify(headers, "{}"u8.ToArray()).IsValid), Is.All.True);
        Assert.That(SigningSample.Verifier(SigningSample.Now, receivers[2]).Verify(old, "{}"u8.ToArray()).IsValid);
    }

    [Test]
    public void Verify_HeaderNamesInOtherCase_Holds()
    {
        var headers = SigningSample.Sign(Signer, SigningSample.Context()).ToDictionary(h => h.Key.ToUpperInvariant(), h => h.Value);

        Assert.That(Verify(headers).IsValid);
    }

    [Test]
    public void Verify_HeadersThatCanBeReadOnce_Holds()
    {
        var headers = new Queue<KeyValuePair<string, string>>(SigningSample.Sign(Signer, SigningSample.Context()));

        Assert.That(SigningSample.Verifier(SigningSample.Now, SigningSample.Secret).Verify(Drain(), "{}"u8.ToArray()).IsValid);

        IEnumerable<KeyValuePair<string, string>> Drain()
        {
            while (headers.TryDequeue(out var header)) yield return header;
        }
    }

    [Test]
    public void Verify_SvixPrefix_ReadsTheSvixHeadersOnly()
    {
        var profile = WebhookProfiles.StandardWebhooks with { Name = "Svix", Signer = new StandardWebhooksSigner("svix") };
        var verifier = new WebhookVerifier(profile, [SigningSample.Secret]) { Tolerance = TimeSpan.FromDays(36_500) };

        Assert.That(verifier.Verify(SigningSample.Sign(profile.Signer, SigningSample.Context()), "{}"u8.ToArray()).IsValid);
        Assert.That(verifier.Verify(SigningSample.Sign(Signer, SigningSample.Context()), "{}"u8.ToArray()).Failure, Is.EqualTo(VerificationFailure.MissingHeader));
    }

    [TestCase(0, VerificationFailure.None)]
    [TestCase(300, VerificationFailure.None)]
    [TestCase(301, VerificationFailure.TimestampTooOld)]
    [TestCase(-300, VerificationFailure.None)]
    [TestCase(-301, VerificationFailure.TimestampTooNew)]
    public void Verify_Age_MustBeWithinTheTolerance(int age, VerificationFailure failure)
    {
        var headers = SigningSample.Sign(Signer, SigningSample.Context());
        var result = SigningSample.Verifier(SigningSample.Now.AddSeconds(age), SigningSample.Secret).Verify(headers, "{}"u8.ToArray());

        Assert.That(result.Failure, Is.EqualTo(failure));
        if (failure != VerificationFailure.None) Assert.That(result.Message, Does.Contain("301 s").And.Contain("300 s"));
    }

    [TestCase("webhook-id")]
    [TestCase("webhook-timestamp")]
    [TestCase("webhook-signature")]
    public void Verify_HeaderMissingRepeatedEmptyOrLong_NamesIt(string name)
    {
        var good = SigningSample.Sign(Signer, SigningSample.Context());
        var missing = good.Where(h => h.Key != name);
        var repeated = good.Append(new(name.ToUpperInvariant(), good[name]));
        var empty = new Dictionary<string, string>(good) { [name] = "" };
        var none = new Dictionary<string, string>(good) { [name] = null! };
        var tooLong = new Dictionary<string, string>(good) { [name] = new string('1', 4097) };

        Assert.That(Verify(missing), Fails(VerificationFailure.MissingHeader, name));
        Assert.That(Verify(repeated), Fails(VerificationFailure.RepeatedHeader, name));
        Assert.That(Verify(empty), Fails(VerificationFailure.MalformedHeader, name));
        Assert.That(Verify(none), Fails(VerificationFailure.MalformedHeader, name));
        Assert.That(Verify(tooLong), Fails(VerificationFailure.MalformedHeader, name));
    }

    [TestCase("1700000000 ")]
    [TestCase(" 1700000000")]
    [TestCase("+1700000000")]
    [TestCase("-1700000000")]
    [TestCase("1700000000.0")]
    [TestCase("1,700,000,000")]
    [TestCase("1700000000\0")]
    [TestCase("17e8")]
    [TestCase("0x6553F100")]
    [TestCase("१७००००००००")]
    [TestCase("999999999999")]
    [TestCase("0001700000000")]
    [TestCase("99999999999999999999999999")]
    [TestCase("now")]
    public void Verify_TimestampNotPlainDigits_IsMalformed(string timestamp) =>
        Assert.That(Verify(With("webhook-timestamp", timestamp)), Fails(VerificationFailure.MalformedHeader, "webhook-timestamp"));

    [Test]
    public void Verify_PointInTheId_IsMalformed()
    {
        // Signed as id "a", timestamp 1700000000 and body "1700000000.{}", this would be the same content.
        var headers = SigningSample.Sign(Signer, SigningSample.Context("a.1700000000"));

        Assert.That(Verify(headers), Fails(VerificationFailure.MalformedHeader, "webhook-id"));
    }

    [Test]
    public void Verify_UnknownVersions_AreSkipped()
    {
        var signature = SigningSample.Sign(Signer, SigningSample.Context())["webhook-signature"];
        var hash = signature["v1,".Length..];

        Assert.That(Verify(With("webhook-signature", $"v1a,{hash} v2,abc {signature} junk")).IsValid);
        Assert.That(Verify(With("webhook-signature", $"v1a,{hash} v2,{hash}")), Fails(VerificationFailure.NoMatchingSignature, "other versions"));
    }

    [TestCase("junk")]
    [TestCase("v1")]
    [TestCase("v1,")]
    [TestCase("v1,abc")]
    [TestCase("v1,====")]
    [TestCase(" ")]
    [TestCase("v1,RZSzfMqfJflPh8RQlahngaZif3IrMs0VTwH6jBXTvWk")]
    [TestCase("v1,RZSzfMqfJflPh8RQlahngaZif3IrMs0VTwH6jBXTvWl=")]
    [TestCase("v1,RZSzfMqfJflPh8RQlahngaZif3IrMs0VTwH6jBXTvWk=,")]
    [TestCase("v1,RZSzfMqfJflPh8RQlahngaZif3IrMs0VTwH6jBXTvW\t=")]
    public void Verify_SignatureWithoutForm_IsMalformed(string signature) =>
        Assert.That(Verify(With("webhook-signature", signature)), Fails(VerificationFailure.MalformedHeader, "webhook-signature"));

    [TestCase(1, true)]
    [TestCase(32, true)]
    [TestCase(33, false)]
    public void Verify_ManySignatures_HoldsWhereverTheRightOneIsUpTo32(int count, bool valid)
    {
        var right = SigningSample.Sign(Signer, SigningSample.Context())["webhook-signature"];
        var wrong = "v1," + Convert.ToBase64String(new byte[32]);
        for (var at = 0; at < count; at++)
        {
            var signatures = Enumerable.Range(0, count).Select(i => i == at ? right : wrong);

            var result = Verify(With("webhook-signature", string.Join(' ', signatures)));

            Assert.That(result, valid ? Has.Property("IsValid").True : Fails(VerificationFailure.MalformedHeader, "more than 32"));
        }
    }

    [Test]
    public void Verify_Junk_NeverThrowsAndNeverHolds()
    {
        var random = new Random(41);
        string[] names = ["webhook-id", "webhook-timestamp", "webhook-signature", "other"];
        string[] parts = ["v1,", "v2,", " ", "=", "1700000000", "RZSzfMqfJflPh8RQlahngaZif3IrMs0VTwH6jBXTvWk=", ",", "\0", "\ud800", "é", "."];
        for (var i = 0; i < 5_000; i++)
        {
            var headers = Enumerable.Range(0, random.Next(6)).Select(_ => new KeyValuePair<string, string>(
                names[random.Next(names.Length)],
                string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)])))).ToArray();

            Assert.That(Verify(headers).IsValid, Is.False);
        }
    }

    [Test]
    public void New_ProfileWithoutSigner_SaysSo() =>
        Assert.That(
            () => new WebhookVerifier(WebhookProfiles.StandardWebhooks with { Name = "Plain", Signer = null }, ["x"]),
            Throws.ArgumentException.With.Message.Contains("'Plain' signs nothing"));

    [Test]
    public void New_SignerThatCannotVerify_SaysWhatToImplement() =>
        Assert.That(
            () => new WebhookVerifier(WebhookProfiles.StandardWebhooks with { Name = "Acme", Signer = new SignOnly() }, ["x"]),
            Throws.ArgumentException.With.Message.Contains("SignOnly").And.Message.Contains("'Acme'").And.Message.Contains("Implement ISignatureVerifier"));

    [Test]
    public void New_NoSecret_IsRefused() =>
        Assert.That(() => new WebhookVerifier(WebhookProfiles.StandardWebhooks, []), Throws.ArgumentException.With.Message.Contains("no secret"));

    [Test]
    public void New_BadSecret_IsRefusedByNumberWithoutIt() =>
        Assert.That(
            () => new WebhookVerifier(WebhookProfiles.StandardWebhooks, [SigningSample.Secret, "hush-hush"]),
            Throws.ArgumentException.With.Message.Contains("Secret 2 of 2").And.Message.Not.Contains("hush-hush"));

    [Test]
    public void Tolerance_Negative_IsRefused() =>
        Assert.That(
            () => new WebhookVerifier(WebhookProfiles.StandardWebhooks, [SigningSample.Secret]) { Tolerance = TimeSpan.FromTicks(-1) },
            Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Invalid_WithoutFailure_IsRefused() =>
        Assert.That(() => WebhookVerification.Invalid(VerificationFailure.None, "x"), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static FalseConstraint Fails(VerificationFailure failure, string text) =>
        Has.Property("Failure").EqualTo(failure).And.Property("Message").Contains(text).And.Property("IsValid").False;

    private static Dictionary<string, string> With(string name, string value) => new(SigningSample.Sign(Signer, SigningSample.Context())) { [name] = value };

    private static WebhookVerification Verify(IEnumerable<KeyValuePair<string, string>> headers) =>
        SigningSample.Verifier(SigningSample.Now, SigningSample.Secret).Verify(headers, "{}"u8.ToArray());

    private sealed record SignedRequest(string Id, string Timestamp, string Signature, byte[] Body, DateTimeOffset At, string[] Secrets)
    {
        public static SignedRequest Random(Random random)
        {
            var key = new byte[random.Next(24, 65)];
            random.NextBytes(key);
            var body = new byte[random.Next(1, 300)];
            random.NextBytes(body);
            var id = new string([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next('a', 'z' + 1))]);
            var at = DateTimeOffset.FromUnixTimeSeconds(random.NextInt64(1_000_000_000, 4_000_000_000));
            string[] secrets = ["whsec_" + Convert.ToBase64String(key)];
            var headers = SigningSample.Sign(Signer, SigningSample.Context(id, body, at, secrets));
            return new SignedRequest(id, headers["webhook-timestamp"], headers["webhook-signature"], body, at, secrets);
        }

        public SignedRequest WithOneChange(Random random)
        {
            switch (random.Next(4))
            {
                case 0:
                    var body = (byte[])Body.Clone();
                    body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                    return this with { Body = body };
                case 1:
                    return this with { Id = Change(Id, random) };
                case 2:
                    // Within the tolerance, so that only the signature can tell.
                    return this with { Timestamp = $"{At.ToUnixTimeSeconds() + (random.Next(2) == 0 ? 1 : -1) * random.Next(1, 300)}" };
                default:
                    return this with { Signature = Change(Signature, random) };
            }
        }

        public WebhookVerification Verify() => SigningSample.Verifier(At, Secrets).Verify(
            new Dictionary<string, string> { ["webhook-id"] = Id, ["webhook-timestamp"] = Timestamp, ["webhook-signature"] = Signature }, Body);

        private static string Change(string text, Random random)
        {
            var chars = text.ToCharArray();
            var at = random.Next(chars.Length);
            var old = chars[at];
            while (chars[at] == old) chars[at] = (char)random.Next('!', '~' + 1);
            return new string(chars);
        }
    }

    private sealed class SignOnly : ISigner
    {
        public void Sign(in SigningContext context, WebhookHeaders headers) => throw new NotSupportedException();

        public string? FindSecretFault(string secret) => null;

        public string GenerateSecret() => "x";
    }
}
