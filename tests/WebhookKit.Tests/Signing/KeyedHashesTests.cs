using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using WebhookKit.Signing;

namespace WebhookKit.Tests.Signing;

public class KeyedHashesTests
{
    private static readonly byte[] Content = "{\"some\":\"content\"}"u8.ToArray();

    private static readonly HashAlgorithmName[] Algorithms =
        [HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512];

    [TestCaseSource(nameof(Algorithms))]
    public void Hash_AgainAndAgain_IsThatOfThePlatform(HashAlgorithmName algorithm)
    {
        var hashes = TextSecret.HashesOf(algorithm);
        foreach (var content in (byte[][])[Content, [], new byte[5_000], Content])
            Assert.That(Hash(hashes, "a secret", content), Is.EqualTo(Expected(algorithm, "a secret", content)));
    }

    [Test]
    public void Hash_TwoSecretsOfOnePlace_KeepsThemApart()
    {
        var hashes = TextSecret.HashesOf(HashAlgorithmName.SHA256);
        const string first = "secret 0";
        var second = OtherOfPlace(first);

        // The second asks in vain until it gets the place, then the first does.
        string[] asked = [first, .. Enumerable.Repeat(second, 20), .. Enumerable.Repeat(first, 20), second, first, second];
        foreach (var secret in asked) Assert.That(Hash(hashes, secret, Content), Is.EqualTo(Expected(HashAlgorithmName.SHA256, secret, Content)), secret);
    }

    [Test]
    public void Hash_ManySecretsOnManyThreads_NeverMixesThem()
    {
        var hashes = TextSecret.HashesOf(HashAlgorithmName.SHA256);
        string[] secrets = [.. Enumerable.Range(0, 10).Select(i => $"secret {i}")];
        byte[][] expected = [.. secrets.Select(s => Expected(HashAlgorithmName.SHA256, s, Content))];
        var wrong = 0;
        Parallel.For(0, 20_000, i =>
        {
            // Neighbours ask for the same one at once.
            var at = i / 7 % secrets.Length;
            if (!Hash(hashes, secrets[at], Content).AsSpan().SequenceEqual(expected[at])) Interlocked.Increment(ref wrong);
        });
        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public void Hash_AgainAndAgain_SetsNothingUp()
    {
        var hashes = TextSecret.HashesOf(HashAlgorithmName.SHA256);
        Assert.That((AllocatedBy("secret 0"), AllocatedBy("secret 0")), Is.EqualTo((true, false)));

        // The eighth time that another asks for the place, it gets it: only then there is something to set up.
        var other = OtherOfPlace("secret 0");
        Assert.That(Enumerable.Range(0, 9).Select(_ => AllocatedBy(other)), Is.EqualTo((bool[])[.. Enumerable.Repeat(false, 7), true, false]));
        Assert.That(AllocatedBy("secret 0"), Is.False);

        bool AllocatedBy(string secret)
        {
            Span<byte> hash = stackalloc byte[64];
            var before = GC.GetAllocatedBytesForCurrentThread();
            hashes.Hash(secret, Content, hash);
            return GC.GetAllocatedBytesForCurrentThread() > before;
        }
    }

    [Test]
    public void Hash_NoRoomForIt_ThrowsAndBeginsAnew()
    {
        var hashes = TextSecret.HashesOf(HashAlgorithmName.SHA256);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(() => hashes.Hash("a secret", Content, new byte[31]), Throws.ArgumentException);
            Assert.That(Hash(hashes, "a secret", Content), Is.EqualTo(Expected(HashAlgorithmName.SHA256, "a secret", Content)));
        }
    }

    [Test]
    public void Hash_SecretOfAnotherForm_IsRefusedEachTimeAndLeavesTheOthersAlone()
    {
        var hashes = new KeyedHashes(HashAlgorithmName.SHA256, (secret, key) => secret == "secret 0" ? TextSecret.Encode(secret, key) : StandardWebhooksSecret.Decode(secret, key));
        var malformed = OtherOfPlace("secret 0");
        for (var i = 0; i < 20; i++)
        {
            Assert.That(Hash(hashes, "secret 0", Content), Is.EqualTo(Expected(HashAlgorithmName.SHA256, "secret 0", Content)));
            for (var j = 0; j < i; j++) Assert.That(() => Hash(hashes, malformed, Content), Throws.InvalidOperationException.With.Message.Contains("whsec_"));
        }
    }

    [Test]
    public void Decode_SecretLongerThanAny_IsRefused()
    {
        var secret = "whsec_" + Convert.ToBase64String(new byte[65]);
        Assert.That(() => StandardWebhooksSecret.Decode(secret, new byte[256]), Throws.InvalidOperationException.With.Message.Contains("64"));
    }

    private static string OtherOfPlace(string secret) =>
        Enumerable.Range(1, 1_000_000).Select(i => $"secret {i}").First(s => KeyedHashes.PlaceOf(s) == KeyedHashes.PlaceOf(secret));

    private static byte[] Expected(HashAlgorithmName algorithm, string secret, byte[] content) =>
        CryptographicOperations.HmacData(algorithm, Encoding.UTF8.GetBytes(secret), content);

    private static byte[] Hash(KeyedHashes hashes, string secret, byte[] content)
    {
        Span<byte> hash = stackalloc byte[64];
        return hash[..hashes.Hash(secret, content, hash)].ToArray();
    }
}
