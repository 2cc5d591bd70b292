using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>Two headers on one request, while receivers move from one to the other.</summary>
public sealed class CombinedSignerTests
{
    private const string Old = "the old secret";
    private const string New = SigningSample.Secret;

    private static readonly WebhookProfile Moving = WebhookProfiles.Raw with
    {
        Name = "moving",
        Signer = WebhookSigners.Combine(WebhookSigners.Hmac("X-Old"), WebhookSigners.StandardWebhooks),
    };

    [Test]
    public void Sign_OldSecretOnly_GivesTheOldHeaderOnly() =>
        Assert.That(Sign(1, Old).Keys, Is.EqualTo(new[] { "X-Old" }));

    [Test]
    public void Sign_NewSecretRotatedIn_GivesBothHeaders() =>
        Assert.That(Sign(1, New, Old).Keys, Is.EqualTo(new[] { "X-Old", "webhook-id", "webhook-timestamp", "webhook-signature" }));

    [Test]
    public void Sign_NewSecretRotatedIn_OldHeaderGoesOnWithTheOldSecretFirst()
    {
        var first = Sign(1, New, Old)["X-Old"];
        var second = Sign(2, New, Old)["X-Old"];

        Assert.That(first, Is.EqualTo(Sign(1, Old)["X-Old"]), "a receiver that has not moved yet knows nothing else");
        Assert.That(second, Is.EqualTo(Sign(1, New)["X-Old"]));
    }

    [Test]
    public void Sign_SecretsThatSuitAll_TakeTurnsNewestFirst()
    {
        var signer = WebhookSigners.Combine(WebhookSigners.Hmac("X-Old"), WebhookSigners.Slack);

        var first = SigningSample.Sign(signer, SigningSample.Context(secrets: ["newer", "older"]));

        Assert.That(first["X-Old"], Is.EqualTo(SigningSample.Sign(signer, SigningSample.Context(secrets: "newer"))["X-Old"]));
    }

    [Test]
    public void Sign_SecretThatSuitsNone_IsAnErrorRatherThanUnsigned()
    {
        var signer = WebhookSigners.Combine(WebhookSigners.StandardWebhooks, WebhookSigners.Svix);

        Assert.That(
            () => SigningSample.Sign(signer, SigningSample.Context(secrets: Old)),
            Throws.InvalidOperationException.With.Message.Contains("Rotate its secret").And.Message.Not.Contains(Old));
    }

    [Test]
    public void Sign_NoSecret_IsAnError() =>
        Assert.That(() => SigningSample.Sign(Moving.Signer!, SigningSample.Context("msg_1", [], SigningSample.Now, [])), Throws.InvalidOperationException);

    [TestCase(Old)]
    [TestCase(New)]
    public void Verify_EitherReceiver_Holds(string secret) =>
        Assert.That(Verify(Sign(1, New, Old), secret).Message, Is.Null);

    [Test]
    public void Verify_BothHold_GivesTheIdThatOneOfThemProves()
    {
        var result = Verify(Sign(1, New), New);

        Assert.That(result, Is.EqualTo(WebhookVerification.Valid("msg_1", SigningSample.Now)));
    }

    [Test]
    public void Verify_HeaderOfOneMissingAndTheOtherWrong_NamesTheWrongOne()
    {
        var headers = Sign(1, New);
        headers.Remove("X-Old");
        headers["webhook-signature"] = "v1," + Convert.ToBase64String(new byte[32]);

        var result = Verify(headers, New);

        Assert.That(result.Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
        Assert.That(result.Message, Does.Contain("webhook-signature"));
    }

    [Test]
    public void Verify_NoHeader_SaysWhichIsMissing() =>
        Assert.That(Verify([], New), Has.Property("Failure").EqualTo(VerificationFailure.MissingHeader).And.Property("Message").Contains("X-Old"));

    [Test]
    public void GenerateSecret_SuitsAll()
    {
        var secret = Moving.Signer!.GenerateSecret();

        Assert.That(WebhookSigners.StandardWebhooks.FindSecretFault(secret), Is.Null);
        Assert.That(Moving.Signer.FindSecretFault(secret), Is.Null);
    }

    [TestCase(Old, null)]
    [TestCase(New, null)]
    [TestCase(" x", "space")]
    [TestCase("", "empty")]
    public void FindSecretFault_SuitsOne_IsEnough(string secret, string? fault) =>
        Assert.That(Moving.Signer!.FindSecretFault(secret), fault is null ? Is.Null : Does.Contain(fault));

    [Test]
    public void Combine_WithoutSigner_IsRefused() => Assert.That(() => WebhookSigners.Combine(), Throws.ArgumentException.With.Message.Contains("at least one"));

    private static Dictionary<string, string> Sign(int attempt, params string[] secrets) =>
        SigningSample.Sign(Moving.Signer!, SigningSample.Context(secrets: secrets) with { AttemptNumber = attempt });

    private static WebhookVerification Verify(Dictionary<string, string> headers, string secret) =>
        SigningSample.Verifier(Moving, SigningSample.Now, secret).Verify(headers, "{}"u8.ToArray());

    [Test]
    public void Combine_SignersOfOneHeader_IsRefused()
    {
        Assert.That(
            () => WebhookSigners.Combine(WebhookProfiles.MailerLite.Signer!, WebhookSigners.HttpMessageSignature()),
            Throws.ArgumentException.With.Message.Contains("set the header 'Signature'"));
        Assert.That(() => WebhookSigners.Combine(WebhookSigners.HttpMessageSignature(), WebhookSigners.HttpMessageSignature(new HttpSignatureOptions { Label = "other" })), Throws.ArgumentException);
    }

    [Test]
    public void Combine_BasicWithAnotherThatUsesSecrets_IsRefused() => Assert.That(
        () => WebhookSigners.Combine(WebhookSigners.Hmac("X-Old"), WebhookSigners.Basic), Throws.ArgumentException.With.Message.Contains("HTTP Basic sends its secret as it is"));

    [Test]
    public void Sign_HeaderThatBothGiveAlike_GoesOnce()
    {
        var secret = WebhookSigners.StandardWebhooks.GenerateSecret();
        foreach (var signer in (ISigner[])
            [
                WebhookSigners.Combine(WebhookSigners.HttpMessageSignature(), WebhookSigners.StandardWebhooks),
                WebhookSigners.Combine(WebhookSigners.StandardWebhooks, WebhookSigners.HttpMessageSignature()),
            ])
        {
            var headers = new WebhookHeaders();
            signer.Sign(SigningSample.Context(secrets: secret), headers);
            Assert.That(headers.Count(h => h.Key == "webhook-id"), Is.EqualTo(1));
        }
    }

    [Test]
    public void Verify_OneProofIsOldAndOneHasNoTime_IsRefused()
    {
        var profile = WebhookProfiles.Raw with { Signer = WebhookSigners.Combine(WebhookSigners.Hmac("X-Old"), WebhookSigners.StandardWebhooks) };
        var secret = WebhookSigners.StandardWebhooks.GenerateSecret();
        var headers = new WebhookHeaders();
        profile.Signer.Sign(SigningSample.Context(secrets: secret), headers);
        var later = new WebhookKit.Testing.ManualTimeProvider(SigningSample.Now.AddDays(300));
        Assert.That(new WebhookVerifier(profile, [secret], later).Verify(headers, SigningSample.Context().Body).Failure, Is.EqualTo(VerificationFailure.TimestampTooOld));
    }
}
