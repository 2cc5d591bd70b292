using System.Text;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>Every known signature, under the profile that it was made for.</summary>
public sealed class SignatureVectorTests
{
    /// <summary>What the vectors leave out because it is in other fields of theirs.</summary>
    private static readonly string[] Implied = ["webhook-id", "webhook-timestamp"];

    [TestCaseSource(typeof(SignatureVectors), nameof(SignatureVectors.All))]
    public void Sign_KnownVector_GivesExactlyItsHeaders(SignatureVector vector)
    {
        var headers = Sign(vector);

        Assert.That(headers.Where(h => !Implied.Contains(h.Key)), Is.EquivalentTo(vector.Headers));
    }

    [TestCaseSource(typeof(SignatureVectors), nameof(SignatureVectors.All))]
    public void Verify_KnownVector_HoldsWithEachOfItsSecrets(SignatureVector vector)
    {
        var headers = Sign(vector);
        foreach (var (name, value) in vector.Headers) headers[name] = value;

        foreach (var secret in vector.Secrets)
        {
            var verifier = SigningSample.Verifier(ProfileOf(vector), At(vector), secret);

            Assert.That(verifier.Verify(headers, Encoding.UTF8.GetBytes(vector.Body)).Message, Is.Null);
            Assert.That(verifier.Verify(headers, Encoding.UTF8.GetBytes(vector.Body + " ")).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
        }
    }

    [Test]
    public void Vectors_ProfilesNamed_AreAllBuiltIn() => Assert.That(
        SignatureVectors.All.Select(c => ((SignatureVector)c.Arguments[0]!).Profile).Distinct(),
        Is.EquivalentTo(new[] { "StandardWebhooks", "Stripe", "GitHub", "MailerLite", "MailerLiteClassic", "Shopify" }).And.SubsetOf(WebhookProfiles.All.Select(p => p.Name)));

    private static Dictionary<string, string> Sign(SignatureVector vector) =>
        SigningSample.Sign(ProfileOf(vector).Signer!, SigningSample.Context(vector.Id, vector.Body, At(vector), vector.Secrets));

    private static WebhookProfile ProfileOf(SignatureVector vector) => WebhookProfiles.All.Single(p => p.Name == vector.Profile);

    private static DateTimeOffset At(SignatureVector vector) => DateTimeOffset.FromUnixTimeSeconds(vector.Timestamp);
}
