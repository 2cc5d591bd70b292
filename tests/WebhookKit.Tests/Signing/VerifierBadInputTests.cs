using System.Globalization;
using System.Text;
using FsCheck.Fluent;
using NUnit.Framework;
using NUnit.Framework.Constraints;

namespace WebhookKit.Tests.Signing;

/// <summary>Whatever arrives, a verifier answers with the check that failed, for every profile that signs.</summary>
public sealed class VerifierBadInputTests
{
    private const string Hash = "RZSzfMqfJflPh8RQlahngaZif3IrMs0VTwH6jBXTvWk=";
    private static readonly string HexHash = new('a', 64);

    private static IEnumerable<SigningDialect> Dialects => [.. SigningDialect.BuiltIn, SigningDialect.Raw.First()];

    private static IEnumerable<object[]> Headers =>
        from dialect in Dialects
        from header in new[] { dialect.IdHeader, dialect.TimestampHeader }.OfType<string>().Concat(dialect.SignatureHeaders)
        select new object[] { dialect, header };

    private static IEnumerable<object[]> MalformedSignatures =>
        from dialect in Dialects
        where dialect.SignsBody
        from value in new[] { "junk", " ", "=", ",", "v1", "v1,", "v1=", "v0=", "sha256=", "====", "é", "\0", Hash[..^1], Hash + " ", HexHash[..^1], HexHash[..^1] + "A", HexHash[..^1] + "g", "sha1=" + HexHash[..40] }
        select new object[] { dialect, dialect.SignatureHeaders[0], value };

    private static IEnumerable<object[]> Timestamps =>
        from dialect in SigningDialect.WithTimestamp
        from value in new[] { "+5", " 5 ", "1e9", "99999999999999999999", "-5", "5.0", "0x5", "५", "5\0", "1,000", "NaN", " " }
        select new object[] { dialect, value };

    [TestCaseSource(nameof(Headers))]
    public void Verify_HeaderMissing_SaysWhich(SigningDialect dialect, string header) =>
        Assert.That(Verify(dialect, Good(dialect).Where(h => h.Key != header)), Fails(VerificationFailure.MissingHeader, header));

    [TestCaseSource(nameof(Headers))]
    public void Verify_HeaderRepeated_SaysWhich(SigningDialect dialect, string header)
    {
        var good = Good(dialect);
        var twice = Good(dialect).Append(new(header.ToUpperInvariant(), good[header]));
        var thousandTimes = good.Concat(Enumerable.Repeat(new KeyValuePair<string, string>(header, "x"), 1000));

        Assert.That(Verify(dialect, twice), Fails(VerificationFailure.RepeatedHeader, header));
        Assert.That(Verify(dialect, thousandTimes), Fails(VerificationFailure.RepeatedHeader, header));
    }

    [TestCaseSource(nameof(Headers))]
    public void Verify_HeaderEmptyOrLong_SaysWhich(SigningDialect dialect, string header)
    {
        var good = Good(dialect)[header];

        foreach (var value in new[] { "", null!, new string('1', 64 * 1024), good + new string(' ', 64 * 1024) })
            Assert.That(Verify(dialect, With(dialect, header, value)), Fails(VerificationFailure.MalformedHeader, header));
    }

    [TestCaseSource(nameof(MalformedSignatures))]
    public void Verify_SignatureWithoutForm_IsMalformed(SigningDialect dialect, string header, string value) =>
        Assert.That(Verify(dialect, With(dialect, header, value)), Fails(VerificationFailure.MalformedHeader, header));

    [TestCaseSource(nameof(Timestamps))]
    public void Verify_TimestampNotPlainDigits_IsMalformed(SigningDialect dialect, string value) =>
        Assert.That(Verify(dialect, With(dialect, dialect.TimestampHeader!, value)), Fails(VerificationFailure.MalformedHeader, dialect.TimestampHeader!));

    [TestCase("+5")]
    [TestCase(" 5 ")]
    [TestCase("1e9")]
    [TestCase("99999999999999999999")]
    [TestCase("-5")]
    public void Verify_StripeTimestampNotPlainDigits_IsMalformed(string value) =>
        Assert.That(Stripe(good => good.Replace("t=1700000000", "t=" + value, StringComparison.Ordinal)), Fails(VerificationFailure.MalformedHeader, "Stripe-Signature"));

    [TestCase("v1={0}", "has no 't'")]
    [TestCase("t=1700000000,t=1700000000,v1={0}", "more than one 't'")]
    [TestCase("t=1700000000,{0}", "is not of the form")]
    [TestCase("t=1700000000, v1={0}", "no signature of the scheme 'v1'")]
    [TestCase("t=1700000000,v0={0}", "no signature of the scheme 'v1'")]
    [TestCase("t=1700000000", "no signature of the scheme 'v1'")]
    [TestCase("T=1700000000,v1={0}", "has no 't'")]
    public void Verify_StripeHeaderWithoutForm_SaysWhatIsWrong(string form, string message)
    {
        var result = Stripe(good => string.Format(CultureInfo.InvariantCulture, form, good[^64..]));

        Assert.That(result, Has.Property("Message").Contains(message).And.Property("Message").Contains("Stripe-Signature"));
    }

    [TestCase("t=1700000000,v0=abc,v1={0}")]
    [TestCase("v1={0},t=1700000000")]
    [TestCase("t=1700000000,v1=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,v1={0},later=1")]
    public void Verify_StripeOtherSchemesAndOrder_Holds(string form) =>
        Assert.That(Stripe(good => string.Format(CultureInfo.InvariantCulture, form, good[^64..])).IsValid);

    [Test]
    public void Verify_ThousandsOfSignatures_IsMalformed()
    {
        var standard = SigningDialect.BuiltIn.First();
        var many = string.Join(' ', Enumerable.Repeat("v1,", 1000));

        Assert.That(Verify(standard, With(standard, "webhook-signature", many)), Fails(VerificationFailure.MalformedHeader, "'webhook-signature' has more than 32"));
        Assert.That(Stripe(good => good + string.Concat(Enumerable.Repeat(",v1=", 900))), Fails(VerificationFailure.MalformedHeader, "'Stripe-Signature' has more than 32"));
        Assert.That(Stripe(good => "t=1700000000" + string.Concat(Enumerable.Repeat(",v1=" + new string('b', 64), 31)) + good[good.IndexOf(',', StringComparison.Ordinal)..]).IsValid, "32 are read");
    }

    [TestCase("Bearer abc")]
    [TestCase("Basic")]
    [TestCase("Basic ")]
    [TestCase("Basic !!!")]
    [TestCase("Basic  YWRhOmdlaGVpbQ==")]
    [TestCase("Digest username=\"ada\"")]
    public void Verify_BasicWithoutForm_Fails(string value)
    {
        var mailjet = SigningDialect.BuiltIn.Single(d => d.Profile.Name == "Mailjet");
        var verifier = SigningSample.Verifier(mailjet.Profile, SigningSample.Now, "ada:geheim");

        var result = verifier.Verify(new Dictionary<string, string> { ["Authorization"] = value }, default);

        Assert.That(result.IsValid, Is.False);
        Assert.That(result.Message, Does.Contain("'Authorization'").And.Not.Contain("geheim"));
    }

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.SigningBody))]
    public void Verify_OtherBody_FailsWhateverItsBytes(SigningDialect dialect)
    {
        foreach (byte[] body in (byte[][])[[], [0xff, 0xfe], [0xc3], new byte[100_000]])
            Assert.That(SigningSample.Verifier(dialect.Profile, SigningSample.Now, Secret(dialect)).Verify(Good(dialect), body), Fails(VerificationFailure.NoMatchingSignature, ""));
    }

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.All))]
    public void Verify_Junk_NeverThrowsAndNeverHolds(SigningDialect dialect)
    {
        var text = Gen.Choose(0, 0xffff).Select(c => (char)c).ArrayOf().Select(c => new string(c));
        string[] parts = ["v1,", "v1=", "v0=", "t=", "sha256=", "Basic ", " ", "=", ",", "1700000000", Hash, HexHash, "\ud800", "."];
        var value = Gen.OneOf(text, Gen.Elements(parts).ArrayOf().Select(string.Concat));
        string[] names = [.. new[] { dialect.IdHeader, dialect.TimestampHeader }.OfType<string>(), .. dialect.SignatureHeaders];
        var headers = Gen.Elements(names).Zip(value).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)).ArrayOf();

        Properties.Hold(headers, received => Assert.That(Verify(dialect, received).IsValid, Is.False));
        Properties.Hold(value.ArrayOf(names.Length), values => Assert.That(Verify(dialect, names.Zip(values, KeyValuePair.Create)).IsValid, Is.False));
    }

    private static FalseConstraint Fails(VerificationFailure failure, string text) =>
        Has.Property("Failure").EqualTo(failure).And.Property("Message").Contains(text).And.Property("IsValid").False;

    private static string Secret(SigningDialect dialect) => dialect.Profile.Signer!.GenerateSecret() is var made && dialect.SignsBody && made.StartsWith("whsec_", StringComparison.Ordinal)
        ? SigningSample.Secret
        : "ada:geheim";

    private static Dictionary<string, string> Good(SigningDialect dialect) =>
        SigningSample.Sign(dialect.Profile.Signer!, SigningSample.Context(body: "{\"a\":1}", secrets: Secret(dialect)));

    private static Dictionary<string, string> With(SigningDialect dialect, string name, string value) => new(Good(dialect)) { [name] = value };

    private static WebhookVerification Verify(SigningDialect dialect, IEnumerable<KeyValuePair<string, string>> headers) =>
        SigningSample.Verifier(dialect.Profile, SigningSample.Now, Secret(dialect)).Verify(headers, Encoding.UTF8.GetBytes("{\"a\":1}"));

    private static WebhookVerification Stripe(Func<string, string> change)
    {
        var stripe = SigningDialect.BuiltIn.Single(d => d.Profile.Name == "Stripe");
        return Verify(stripe, With(stripe, "Stripe-Signature", change(Good(stripe)["Stripe-Signature"])));
    }
}
