using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>Headers that a hostile or broken sender writes: each fails with the check that it failed, without its words and in no time.</summary>
public class HttpMessageMalformedTests
{
    private const string Evil = "evil";
    private const string Components = "\"@method\" \"@target-uri\" \"content-type\" \"content-digest\" \"webhook-id\"";
    private const string Zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const VerificationFailure Malformed = VerificationFailure.MalformedHeader;

    public static IEnumerable<TestCaseData> Inputs()
    {
        // The header as a whole.
        yield return Case("64 KiB", "sig1=(\"" + new string('e', 65_536) + "\");created=1", Malformed, "8192 characters");
        yield return Case("64 KiB of spaces inside", "sig1=(" + new string(' ', 65_536) + ")", Malformed, "8192 characters");
        yield return Case("thousands of labels", string.Join(",", Enumerable.Range(0, 1_000).Select(i => $"s{i}=()")), Malformed, "more than 16 labels");
        yield return Case("17 labels", string.Join(", ", Enumerable.Range(0, 17).Select(i => $"s{i}=()")), Malformed, "more than 16 labels");
        yield return Case("label twice", $"sig1=({Components});created=1700000000, sig1=()", Malformed, "label twice");
        yield return Case("empty", "", Malformed, "has no label");
        yield return Case("only spaces", "   ", Malformed, "has no label");
        yield return Case("only a label", "sig1", Malformed, "breaks off at character 5");
        yield return Case("label without value last", $"sig1=({Components});created=1700000000, evil", Malformed, "breaks off");
        yield return Case("label with equals only", "sig1=", Malformed, "breaks off at character 6");
        yield return Case("label in capitals", $"EVIL=({Components})", Malformed, "breaks off at character 1");
        yield return Case("label begins with a digit", "1evil=()", Malformed, "breaks off at character 1");
        yield return Case("space before equals", "sig1 =()", Malformed, "breaks off");
        yield return Case("comma first", ",sig1=()", Malformed, "breaks off at character 1");
        yield return Case("comma last", "sig1=(),", Malformed, "breaks off");
        yield return Case("two commas", "sig1=(),,evil=()", Malformed, "breaks off");
        yield return Case("semicolon for comma", "sig1=(); evil=()", Malformed, "breaks off");
        yield return Case("a string for a list", "sig1=\"evil\"", Malformed, "inner lists");
        yield return Case("bytes for a list", "sig1=:AAAA:", Malformed, "inner lists");
        yield return Case("an integer for a list", "sig1=1", Malformed, "inner lists");
        yield return Case("junk after the list", "sig1=()evil", Malformed, "breaks off");
        yield return Case("control character", "sig1=(\"ev\u0001il\")", Malformed, "breaks off");
        yield return Case("line break", "sig1=()\r\nevil: 1", Malformed, "breaks off");
        yield return Case("beyond ASCII", "sig1=(\"évil\")", Malformed, "breaks off");
        yield return Case("surrogate alone", "sig1=(\"\ud800\")", Malformed, "breaks off");
        yield return Case("NUL", "sig1=()\0", Malformed, "breaks off");

        // The components.
        yield return Case("list not closed", "sig1=(\"@method\" ", Malformed, "breaks off");
        yield return Case("quote not closed", "sig1=(\"@method)", Malformed, "breaks off");
        yield return Case("escape at the end", "sig1=(\"evil\\", Malformed, "breaks off");
        yield return Case("escape of another character", "sig1=(\"ev\\il\")", Malformed, "breaks off");
        yield return Case("components without space", "sig1=(\"@method\"\"@path\")", Malformed, "breaks off");
        yield return Case("components with comma", "sig1=(\"@method\",\"@path\")", Malformed, "breaks off");
        yield return Case("tab between components", "sig1=(\"@method\"\t\"@path\")", Malformed, "breaks off");
        yield return Case("token for a component", "sig1=(evil)", Malformed, "breaks off");
        yield return Case("integer for a component", "sig1=(5)", Malformed, "breaks off");
        yield return Case("list in a list", "sig1=((\"@method\"))", Malformed, "breaks off");
        yield return Case("empty inner list", "sig1=();created=1700000000", Malformed, "does not cover '@method'");
        yield return Case("component twice", $"sig1=({Components} \"@method\");created=1700000000", Malformed, "component twice");
        yield return Case("component ;req", $"sig1=({Components} \"evil\";req);created=1700000000", Malformed, "parameter, such as ';req'");
        yield return Case("component ;sf", $"sig1=({Components} \"evil\";sf);created=1700000000", Malformed, "not supported");
        yield return Case("component ;key", $"sig1=({Components} \"evil\";key=\"a\");created=1700000000", Malformed, "not supported");
        yield return Case("component ;bs", $"sig1=({Components} \"evil\";bs);created=1700000000", Malformed, "not supported");
        yield return Case("component ;tr", $"sig1=({Components} \"evil\";tr=?1);created=1700000000", Malformed, "not supported");
        yield return Case("required component ;req", $"sig1=({Components.Replace("\"@method\"", "\"@method\";req")});created=1700000000", Malformed, "not supported");
        yield return Case("component with broken parameter", "sig1=(\"evil\";=1)", Malformed, "breaks off");
        yield return Case("component in capitals", $"sig1=({Components} \"Evil\");created=1700000000", Malformed, "component that is not supported");
        yield return Case("component empty", $"sig1=({Components} \"\");created=1700000000", Malformed, "component that is not supported");
        yield return Case("component @evil", $"sig1=({Components} \"@evil\");created=1700000000", Malformed, "component that is not supported");
        yield return Case("component @status", $"sig1=({Components} \"@status\");created=1700000000", Malformed, "component that is not supported");
        yield return Case("component @signature-params", $"sig1=({Components} \"@signature-params\");created=1700000000", Malformed, "component that is not supported");
        yield return Case("component signature", $"sig1=({Components} \"signature\");created=1700000000", Malformed, "component that is not supported");
        yield return Case("component with line break", $"sig1=({Components} \"evil\n\");created=1700000000", Malformed, "breaks off");
        yield return Case("33 components", $"sig1=({string.Join(' ', Enumerable.Range(0, 33).Select(i => $"\"x{i}\""))});created=1700000000", Malformed, "more than 32 components");
        yield return Case("thousands of components", $"sig1=({string.Join(' ', Enumerable.Range(0, 1_200).Select(i => $"\"{i}\""))})", Malformed, "more than 32 components");
        yield return Case("header not there", $"sig1=({Components} \"evil\");created=1700000000", VerificationFailure.MissingHeader, "A component");

        // The parameters.
        yield return Case("no created", $"sig1=({Components})", Malformed, "no 'created'");
        yield return Case("created twice", $"sig1=({Components});created=1700000000;created=1700000000", Malformed, "parameter twice");
        foreach (var created in new[] { "+5", " 5", "", "-", "1e9", "0x5", "5.", "5.1234", "1_0", "99999999999999999999", "1700000000\0", "१७", "(5)" })
            yield return Case($"created={created}", $"sig1=({Components});created={created}", Malformed, "breaks off");
        foreach (var created in new[] { "\"1700000000\"", "evil", ":AAAA:", "?1", "1700000000.0", "1700000000.123" })
            yield return Case($"created={created}", $"sig1=({Components});created={created}", Malformed, "'created' or 'expires' that is not an integer");
        yield return Case("created without value", $"sig1=({Components});created", Malformed, "not an integer");
        yield return Case("created negative", $"sig1=({Components});created=-1700000000", Malformed, "digits only");
        yield return Case("created of 15 digits", $"sig1=({Components});created=999999999999999", Malformed, "digits only");
        yield return Case("created zero", $"sig1=({Components});created=0", VerificationFailure.TimestampTooOld, "too old|s old");
        yield return Case("created in milliseconds", $"sig1=({Components});created=170000000000", VerificationFailure.TimestampTooNew, "in the future");
        yield return Case("expires of wrong type", $"sig1=({Components});created=1700000000;expires=\"evil\"", Malformed, "not an integer");
        yield return Case("expires in the past", $"sig1=({Components});created=1700000000;expires=-1", VerificationFailure.TimestampTooOld, "'expires'");
        yield return Case("alg of wrong type", $"sig1=({Components});created=1700000000;alg=evil", Malformed, "not a string");
        yield return Case("alg of another kind", $"sig1=({Components});created=1700000000;alg=\"rsa-v1_5-evil\"", VerificationFailure.NoMatchingSignature, "'hmac-sha256'");
        yield return Case("keyid of wrong type", $"sig1=({Components});created=1700000000;keyid=5", Malformed, "not a string");
        yield return Case("nonce of wrong type", $"sig1=({Components});created=1700000000;nonce", Malformed, "not a string");
        yield return Case("tag of wrong type", $"sig1=({Components});created=1700000000;tag=?0", Malformed, "not a string");
        yield return Case("unknown parameter", $"sig1=({Components});created=1700000000;evil=1", Malformed, "parameter that is not known");
        yield return Case("parameter in capitals", $"sig1=({Components});Created=1700000000", Malformed, "breaks off");
        yield return Case("space before semicolon", $"sig1=({Components}) ;created=1700000000", Malformed, "breaks off");
        yield return Case("parameter with token junk", $"sig1=({Components});evil=a\"b", Malformed, "breaks off");
        yield return Case("boolean of another value", $"sig1=({Components});evil=?2", Malformed, "breaks off");
        yield return Case("byte parameter not closed", $"sig1=({Components});evil=:AAAA", Malformed, "breaks off");
        yield return Case("thousands of parameters", $"sig1=({Components})" + string.Concat(Enumerable.Repeat(";a=1", 1_900)), Malformed, "not known");
        yield return Case("label without signature", $"evil=({Components});created=1700000000", Malformed, "has no signature for a label");
    }

    public static IEnumerable<TestCaseData> Signatures()
    {
        yield return Case("64 KiB", "sig1=:" + new string('A', 65_536) + ":", Malformed, "8192 characters");
        yield return Case("thousands of members", string.Join(",", Enumerable.Range(0, 1_000).Select(i => $"s{i}=::")), Malformed, "more than 16 members");
        yield return Case("member twice", $"sig1=:{Zeros}:, sig1=:{Zeros}:", Malformed, "member twice");
        yield return Case("empty", "", Malformed, "is empty");
        yield return Case("only a label", "sig1", Malformed, "breaks off");
        yield return Case("no colons", $"sig1={Zeros}", Malformed, "breaks off");
        yield return Case("colon not closed", $"sig1=:{Zeros}", Malformed, "breaks off");
        yield return Case("a string", $"sig1=\"{Zeros}\"", Malformed, "breaks off");
        yield return Case("a list", $"sig1=(:{Zeros}:)", Malformed, "breaks off");
        yield return Case("not base64", "sig1=:evil!evil:", Malformed, "breaks off");
        yield return Case("base64url", $"sig1=:-_{Zeros[2..]}:", Malformed, "breaks off");
        yield return Case("no padding", $"sig1=:{Zeros[..^1]}:", Malformed, "breaks off");
        yield return Case("stray last bits", $"sig1=:{Zeros[..^2]}B=:", Malformed, "breaks off");
        yield return Case("space in base64", $"sig1=: {Zeros}:", Malformed, "breaks off");
        yield return Case("parameter", $"sig1=:{Zeros}:;evil=1", Malformed, "breaks off");
        yield return Case("comma last", $"sig1=:{Zeros}:,", Malformed, "breaks off");
        yield return Case("other label", $"evil=:{Zeros}:", Malformed, "no signature for a label");
        yield return Case("empty bytes", "sig1=::", VerificationFailure.NoMatchingSignature, "matches");
        yield return Case("too short", "sig1=:AAAA:", VerificationFailure.NoMatchingSignature, "matches");
        yield return Case("zeros", $"sig1=:{Zeros}:", VerificationFailure.NoMatchingSignature, "matches");
    }

    public static IEnumerable<TestCaseData> Digests()
    {
        yield return Case("64 KiB", "sha-256=:" + new string('A', 65_536) + ":", Malformed, "8192 characters");
        yield return Case("empty", "", Malformed, "is empty");
        yield return Case("form of the old header", $"SHA-256={Zeros}", Malformed, "breaks off");
        yield return Case("hex", $"sha-256=:{new string('a', 63)}:", Malformed, "breaks off");
        yield return Case("string", $"sha-256=\"{Zeros}\"", Malformed, "breaks off");
        yield return Case("broken hash only", "md5=:AAAAAAAAAAAAAAAAAAAAAA==:", Malformed, "neither 'sha-256' nor 'sha-512'");
        yield return Case("unknown hash only", $"evil=:{Zeros}:", Malformed, "neither");
        yield return Case("hash twice", $"sha-256=:{Zeros}:, sha-256=:{Zeros}:", Malformed, "member twice");
        yield return Case("other hash", $"sha-256=:{Zeros}:", VerificationFailure.NoMatchingSignature, "not that of the body");
        yield return Case("short hash", "sha-256=:AAAA:", VerificationFailure.NoMatchingSignature, "not that of the body");
        yield return Case("empty hash", "sha-256=::", VerificationFailure.NoMatchingSignature, "not that of the body");
        yield return Case("one right, one wrong", $"sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, sha-512=:{Zeros}:", VerificationFailure.NoMatchingSignature, "not that of the body");
    }

    [TestCaseSource(nameof(Inputs))]
    public void Verify_BadInput_NamesTheCheck(string value, VerificationFailure failure, string text) => AssertFails("Signature-Input", value, failure, text);

    [TestCaseSource(nameof(Signatures))]
    public void Verify_BadSignature_NamesTheCheck(string value, VerificationFailure failure, string text) => AssertFails("Signature", value, failure, text);

    [TestCaseSource(nameof(Digests))]
    public void Verify_BadDigest_NamesTheCheck(string value, VerificationFailure failure, string text) => AssertFails("Content-Digest", value, failure, text);

    [TestCase("webhook-id")]
    [TestCase("Content-Digest")]
    [TestCase("Signature-Input")]
    [TestCase("Signature")]
    [TestCase("Content-Type")]
    public void Verify_HeaderMissing_NamesIt(string name)
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac);
        headers.Remove(name);

        var result = HttpMessageSample.Verify(HttpMessageSample.Hmac, headers);

        Assert.That(result.Failure, Is.EqualTo(VerificationFailure.MissingHeader));
        Assert.That(result.Message, Does.Contain(name).IgnoreCase);
    }

    [Test]
    public void Verify_IdTwice_IsRepeated()
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac).Append(new("Webhook-Id", "msg_1"));

        Assert.That(HttpMessageSample.Verify(HttpMessageSample.Hmac, headers).Failure, Is.EqualTo(VerificationFailure.RepeatedHeader));
    }

    [Test]
    public void Verify_ThousandsOfLines_FailsInNoTime()
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac).Concat(Enumerable.Range(0, 10_000).Select(i => KeyValuePair.Create("Signature", $"s{i}=:AAAA:")));

        Assert.That(HttpMessageSample.Verify(HttpMessageSample.Hmac, headers).Message, Does.Contain("8192 characters"));
    }

    [Test]
    public void Verify_NullValues_AreMalformed()
    {
        foreach (var name in new[] { "Signature-Input", "Signature", "Content-Digest", "webhook-id" })
        {
            var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac);
            headers[name] = null!;

            Assert.That(HttpMessageSample.Verify(HttpMessageSample.Hmac, headers).Failure, Is.EqualTo(Malformed));
        }
    }

    [Test]
    public void Verify_Junk_NeverThrowsAndNeverHolds()
    {
        var random = new Random(47);
        string[] parts = ["sig1", "=", "(", ")", "\"", "\"@method\"", "\"content-digest\"", Components, " ", ";", "created", "=1700000000", ":", Zeros, ",", "\\", "?1", "-", "5", ".", "\0", "\ud800", "é", "\t", "a"];
        var signed = HttpMessageSample.Sign(HttpMessageSample.Hmac);
        for (var i = 0; i < 20_000; i++)
        {
            var headers = new Dictionary<string, string>(signed);
            var name = new[] { "Signature-Input", "Signature", "Content-Digest" }[random.Next(3)];
            headers[name] = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));

            Assert.That(HttpMessageSample.Verify(HttpMessageSample.Hmac, headers).IsValid, Is.False, headers[name]);
        }
    }

    private static void AssertFails(string header, string value, VerificationFailure failure, string text)
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac);
        headers[header] = value;

        var result = HttpMessageSample.Verify(HttpMessageSample.Hmac, headers);

        Assert.That(result.Failure, Is.EqualTo(failure), result.Message);
        Assert.That(result.Message, Does.Match(text.Contains('|') ? text : System.Text.RegularExpressions.Regex.Escape(text)));
        Assert.That(result.Message, Does.Not.Contain(Evil).IgnoreCase, "the sender's words");
        Assert.That(result.Message, Has.Length.LessThan(250));
        Assert.That((result.IsValid, result.MessageId, result.Timestamp), Is.EqualTo((false, (string?)null, (DateTimeOffset?)null)));
    }

    private static TestCaseData Case(string name, string value, VerificationFailure failure, string text) =>
        new TestCaseData(value, failure, text).SetArgDisplayNames(string.Concat(name.Select(c => c is < ' ' or > '~' ? '?' : c)));
}
