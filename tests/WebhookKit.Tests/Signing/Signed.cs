using FsCheck;
using FsCheck.Fluent;

namespace WebhookKit.Tests.Signing;

/// <summary>A signed request as it arrives.</summary>
internal sealed record Signed(SigningDialect Dialect, string Id, byte[] Body, DateTimeOffset At, string Secret, Dictionary<string, string> Headers)
{
    public static Signed Make(SigningDialect dialect, string id, byte[] body, DateTimeOffset at, int attempt, params string[] secrets) => new(
        dialect, id, body, at, secrets[0], SigningSample.Sign(dialect.Profile.Signer!, SigningSample.Context(id, body, at, secrets) with { AttemptNumber = attempt }));

    public WebhookVerification Verify() => SigningSample.Verifier(Dialect.Profile, At, Secret).Verify(Headers, Body);

    /// <summary>The same with one character of one header replaced.</summary>
    public Gen<Signed> WithChangeIn(string name) =>
        from at in Gen.Choose(Dialect.FixedPrefix, Headers[name].Length - 1)
        from other in Gen.Choose('!', '~').Select(c => (char)c).Where(c => c != Headers[name][at])
        select this with { Headers = new(Headers) { [name] = Headers[name][..at] + other + Headers[name][(at + 1)..] } };

    public override string ToString() =>
        $"{Dialect} id={Id} at={At.ToUnixTimeSeconds()} secret={Secret} body={Convert.ToHexString(Body)} {string.Join(" | ", Headers.Select(h => $"{h.Key}: {h.Value}"))}";
}
