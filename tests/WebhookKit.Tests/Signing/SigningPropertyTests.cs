using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>What is signed holds, and nothing that was changed by a byte does: for every profile that signs.</summary>
public sealed class SigningPropertyTests
{
    private static Gen<Signed> Requests(SigningDialect dialect) =>
        from id in Gen.Choose(1, 128).SelectMany(length => SecretGen.Chars('!', length))
        from size in Gen.Choose(1, 300)
        from body in SecretGen.Bytes(size)
        from at in Gen.Choose(0, int.MaxValue)
        from attempt in Gen.Choose(0, 9)
        from secret in dialect.Secrets
        select Signed.Make(dialect, id.Replace('.', '-'), body, DateTimeOffset.FromUnixTimeSeconds(at), attempt, secret);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.All))]
    public void Verify_WhateverWasSigned_Holds(SigningDialect dialect) => Properties.Hold(Requests(dialect), request => Assert.That(request.Verify().Message, Is.Null, () => $"{request}"));

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.All))]
    public void Verify_EmptyBody_Holds(SigningDialect dialect) => Properties.Hold(
        Requests(dialect).Select(r => Signed.Make(dialect, r.Id, [], r.At, 1, r.Secret)), request => Assert.That(request.Verify().Message, Is.Null), tests: 20);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.All))]
    public void Verify_AnotherSecret_Fails(SigningDialect dialect) => Properties.Hold(
        Requests(dialect).Zip(dialect.Secrets),
        pair => Assert.That((pair.Item1 with { Secret = pair.Item2 }).Verify().IsValid, Is.EqualTo(pair.Item1.Secret == pair.Item2)));

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.SigningBody))]
    public void Verify_OneByteOfTheBodyChanged_Fails(SigningDialect dialect) => Properties.Hold(
        from request in Requests(dialect)
        from place in Gen.Choose(0, request.Body.Length - 1)
        from flip in Gen.Choose(1, 255)
        select request with { Body = [.. request.Body.Select((b, i) => i == place ? (byte)(b ^ flip) : b)] },
        AssertRefused);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.SigningBody))]
    public void Verify_OneByteOfTheBodyMoreOrLess_Fails(SigningDialect dialect) => Properties.Hold(
        from request in Requests(dialect)
        from body in Gen.Elements<byte[]>(request.Body[1..], request.Body[..^1], [.. request.Body, 0], [(byte)'.', .. request.Body])
        select request with { Body = body },
        AssertRefused);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.WithId))]
    public void Verify_OneByteOfTheIdChanged_Fails(SigningDialect dialect) => Properties.Hold(Requests(dialect).SelectMany(r => r.WithChangeIn(dialect.IdHeader!)), AssertRefused);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.WithTimestamp))]
    public void Verify_OneByteOfTheTimestampChanged_Fails(SigningDialect dialect) => Properties.Hold(Requests(dialect).SelectMany(r => r.WithChangeIn(dialect.TimestampHeader!)), AssertRefused);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.WithTimestamp))]
    public void Verify_AnotherTimestampWithinTheTolerance_Fails(SigningDialect dialect) => Properties.Hold(
        from request in Requests(dialect)
        from seconds in Gen.Choose(1, 300)
        select request with { Headers = new(request.Headers) { [dialect.TimestampHeader!] = $"{request.At.ToUnixTimeSeconds() + seconds}" } },
        AssertRefused);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.All))]
    public void Verify_OneByteOfTheSignatureChanged_Fails(SigningDialect dialect) => Properties.Hold(
        Requests(dialect).SelectMany(r => dialect.SignatureHeaders.Aggregate(Gen.Constant(r), (changed, name) => changed.SelectMany(c => c.WithChangeIn(name)))), AssertRefused);

    [TestCaseSource(typeof(SigningDialect), nameof(SigningDialect.All))]
    public void Verify_Rotated_HoldsWithEitherSecretWithinTwoAttempts(SigningDialect dialect) => Properties.Hold(
        Requests(dialect).Zip(dialect.Secrets),
        pair =>
        {
            var (request, other) = pair;
            foreach (var secret in new[] { request.Secret, other })
            {
                var attempts = new[] { 1, 2 }.Select(n => Signed.Make(dialect, request.Id, request.Body, request.At, n, request.Secret, other) with { Secret = secret });
                Assert.That(attempts.Select(a => a.Verify().IsValid), Has.Some.True);
            }
        });

    private static void AssertRefused(Signed request)
    {
        var result = request.Verify();
        Assert.That(result.IsValid, Is.False, () => $"{request}");
        Assert.That(result.MessageId, Is.Null);
        Assert.That(result.Message, Is.Not.Empty);
    }
}
