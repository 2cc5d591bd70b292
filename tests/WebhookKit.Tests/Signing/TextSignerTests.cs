using System.Security.Cryptography;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>The signers whose secrets are plain text.</summary>
public sealed class TextSignerTests
{
    private static IEnumerable<TestCaseData> Hmac =>
        SigningDialect.BuiltIn.Concat(SigningDialect.Raw).Where(d => d.SignsBody).Select(d => new TestCaseData(d.Profile.Signer!).SetArgDisplayNames($"{d}"));

    private static IEnumerable<TestCaseData> Text => new[] { WebhookSigners.Stripe, WebhookSigners.Slack, WebhookSigners.Hmac("X-S") }.Select((s, i) => new TestCaseData(s).SetArgDisplayNames($"{i}"));

    [TestCaseSource(nameof(Hmac))]
    public void Sign_OneKibibyte_AllocatesLessThanAKibibyte(ISigner signer)
    {
        var context = SigningSample.Context(body: new string('x', 1024));
        signer.Sign(context, []);
        var headers = new WebhookHeaders();

        var before = GC.GetAllocatedBytesForCurrentThread();
        signer.Sign(context, headers);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1024));
    }

    [TestCaseSource(nameof(Text))]
    public void GenerateSecret_Twice_GivesTwoGoodOnes(ISigner signer)
    {
        var one = signer.GenerateSecret();
        var other = signer.GenerateSecret();

        Assert.That(one, Is.Not.EqualTo(other));
        Assert.That(new[] { one, other }.Select(signer.FindSecretFault), Is.All.Null);
        Assert.That(one, Has.Length.GreaterThanOrEqualTo(43));
    }

    [TestCaseSource(nameof(Text))]
    public void FindSecretFault_Form_IsWhatBothSidesReadAlike(ISigner signer)
    {
        foreach (var good in new[] { "x", "hush", "It's a Secret to Everybody", "whsec_abc", new string('~', 256) }) Assert.That(signer.FindSecretFault(good), Is.Null);
        foreach (var (bad, fault) in new[] { ("", "empty"), (" x", "a space"), ("x ", "a space"), ("ä", "non-ASCII"), ("a\tb", "control"), (new string('x', 257), "257 characters, more than 256") })
            Assert.That(signer.FindSecretFault(bad), Does.Contain(fault).And.Contain("Use 1 to 256"));
    }

    [TestCaseSource(nameof(Text))]
    public void Sign_NoSecret_IsAnErrorThatSaysWhatToDo(ISigner signer) => Assert.That(
        () => SigningSample.Sign(signer, SigningSample.Context("msg_1", [], SigningSample.Now, [])),
        Throws.InvalidOperationException.With.Message.Contains("Rotate its secret"));

    [TestCase("ada:geheim", null)]
    [TestCase(":", null)]
    [TestCase("ä:パス", null)]
    [TestCase("ada", "not of the form 'user:password'")]
    [TestCase("", "not of the form 'user:password'")]
    [TestCase("ada:a\nb", "control character")]
    public void FindSecretFault_Basic_IsUserAndPassword(string secret, string? fault) =>
        Assert.That(WebhookSigners.Basic.FindSecretFault(secret), fault is null ? Is.Null : Does.Contain(fault));

    [Test]
    public void Verify_BasicSchemeInOtherCase_Holds()
    {
        var headers = new Dictionary<string, string> { ["authorization"] = "bASIC " + Convert.ToBase64String("ada:geheim"u8) };

        Assert.That(SigningSample.Verifier(WebhookProfiles.Mailjet, SigningSample.Now, "ada:geheim").Verify(headers, default).IsValid);
    }

    [Test]
    public void Hmac_WhatCannotBeSent_IsRefusedWhenMade()
    {
        Assert.That(() => WebhookSigners.Hmac("X Sign"), Throws.ArgumentException.With.Message.Contains("'X Sign' is not a header name"));
        Assert.That(() => WebhookSigners.Hmac(""), Throws.ArgumentException);
        Assert.That(() => WebhookSigners.Hmac("X-S", prefix: "a\r\nb"), Throws.ArgumentException.With.Message.Contains("'X-S'"));
        Assert.That(() => WebhookSigners.Hmac("X-S", algorithm: HashAlgorithmName.MD5), Throws.ArgumentException.With.Message.Contains("'MD5' is not supported. Use SHA256"));
    }
}
