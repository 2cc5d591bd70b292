using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using WebhookKit.Signing;

namespace WebhookKit.Tests.Signing;

public class StandardWebhooksSignerTests
{
    private readonly StandardWebhooksSigner _signer = new();

    [TestCaseSource(typeof(SignatureVectors), nameof(SignatureVectors.StandardWebhooks))]
    public void Sign_KnownVector_GivesItsHeaders(SignatureVector vector)
    {
        var context = SigningSample.Context(vector.Id, vector.Body, DateTimeOffset.FromUnixTimeSeconds(vector.Timestamp), vector.Secrets);

        var headers = SigningSample.Sign(_signer, context);

        Assert.That(vector.Headers, Is.SubsetOf(headers));
        Assert.That(headers["webhook-id"], Is.EqualTo(vector.Id));
        Assert.That(headers["webhook-timestamp"], Is.EqualTo($"{vector.Timestamp}"));
        Assert.That(headers, Has.Count.EqualTo(3));
    }

    [Test]
    public void Sign_FractionOfASecond_IsCutOff()
    {
        var headers = SigningSample.Sign(_signer, SigningSample.Context(at: SigningSample.Now.AddMilliseconds(999)));

        Assert.That(headers["webhook-timestamp"], Is.EqualTo("1700000000"));
    }

    [Test]
    public void Sign_SvixPrefix_GivesTheSameUnderOtherNames()
    {
        var standard = SigningSample.Sign(_signer, SigningSample.Context());

        var svix = SigningSample.Sign(new StandardWebhooksSigner("svix"), SigningSample.Context());

        Assert.That(svix.Keys, Is.EqualTo(new[] { "svix-id", "svix-timestamp", "svix-signature" }));
        Assert.That(svix.Values, Is.EqualTo(standard.Values));
    }

    [TestCase(1)]
    [TestCase(4)]
    [TestCase(5)]
    [TestCase(9)]
    public void Sign_ManySecrets_GivesOneSignatureEachInTheirOrder(int count)
    {
        var secrets = Enumerable.Range(0, count).Select(_ => _signer.GenerateSecret()).ToArray();

        var signatures = SigningSample.Sign(_signer, SigningSample.Context(secrets: secrets))["webhook-signature"].Split(' ');

        var alone = secrets.Select(s => SigningSample.Sign(_signer, SigningSample.Context(secrets: s))["webhook-signature"]);
        Assert.That(signatures, Is.EqualTo(alone));
    }

    [Test]
    public void Sign_AnyInput_EqualsThePlainFormula()
    {
        var random = new Random(17);
        for (var i = 0; i < 300; i++)
        {
            var key = new byte[random.Next(24, 65)];
            random.NextBytes(key);
            var body = new byte[random.Next(0, 5000)];
            random.NextBytes(body);
            var id = new string([.. Enumerable.Range(0, random.Next(1, 129)).Select(_ => (char)random.Next('/', '~' + 1))]);
            var at = DateTimeOffset.FromUnixTimeSeconds(random.NextInt64(0, 4_000_000_000));

            var headers = SigningSample.Sign(_signer, SigningSample.Context(id, body, at, ["whsec_" + Convert.ToBase64String(key)]));

            byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{at.ToUnixTimeSeconds()}."), .. body];
            Assert.That(headers["webhook-signature"], Is.EqualTo("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content))));
        }
    }

    [Test]
    public void Sign_NoSecret_IsAnErrorThatSaysWhatToDo() =>
        Assert.That(
            () => SigningSample.Sign(_signer, SigningSample.Context("msg_1", [], SigningSample.Now, [])),
            Throws.InvalidOperationException.With.Message.Contains("Rotate its secret"));

    [Test]
    public void Sign_BadSecret_IsAnErrorWithoutIt() =>
        Assert.That(
            () => SigningSample.Sign(_signer, SigningSample.Context(secrets: "whsec_c2hvcnQ=")),
            Throws.InvalidOperationException.With.Message.Not.Contains("c2hvcnQ"));

    [Test]
    public void Sign_OneKibibyte_AllocatesLessThanAKibibyte()
    {
        var context = SigningSample.Context(body: new string('x', 1024));
        var headers = new WebhookHeaders();
        _signer.Sign(context, headers);

        var before = GC.GetAllocatedBytesForCurrentThread();
        _signer.Sign(context, new WebhookHeaders());

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1024));
    }

    [Test]
    public void GenerateSecret_Twice_GivesTwoGoodOnesOf32Bytes()
    {
        var one = _signer.GenerateSecret();
        var other = _signer.GenerateSecret();

        Assert.That(one, Is.Not.EqualTo(other));
        Assert.That(new[] { one, other }.Select(_signer.FindSecretFault), Is.All.Null);
        Assert.That(Convert.FromBase64String(one["whsec_".Length..]), Has.Length.EqualTo(32));
    }

    [TestCase(23, "fewer than 24")]
    [TestCase(24, null)]
    [TestCase(32, null)]
    [TestCase(64, null)]
    [TestCase(65, "more than 64")]
    [TestCase(66, "more than 64")]
    [TestCase(67, "more than 64")]
    [TestCase(10_000, "more than 64")]
    public void FindSecretFault_Length_MustBe24To64Bytes(int bytes, string? fault)
    {
        var found = _signer.FindSecretFault("whsec_" + Convert.ToBase64String(new byte[bytes]));

        Assert.That(found, fault is null ? Is.Null : Does.Contain(fault).And.Contain("Use 'whsec_'"));
    }

    [TestCase(null, "empty")]
    [TestCase("", "empty")]
    [TestCase("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin")]
    [TestCase("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin")]
    [TestCase("whsec_", "fewer than 24")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "padding")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa=w", "padding")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "not base64")]
    [TestCase("whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw", "not base64")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-", "not base64")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSé", "not base64")]
    public void FindSecretFault_BadForm_SaysWhatIsWrongWithoutTheSecret(string? secret, string fault)
    {
        var found = _signer.FindSecretFault(secret!);

        Assert.That(found, Does.Contain(fault).And.Contain("Use 'whsec_'").And.Not.Contain("MfKQ9r8"));
    }
}
