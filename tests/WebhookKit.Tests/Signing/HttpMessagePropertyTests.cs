using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>For any request: what was signed holds, and what was changed afterwards does not.</summary>
public class HttpMessagePropertyTests
{
    /// <summary>So wide that of a changed time only the signature can tell.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(365_000);

    private static readonly Dictionary<HttpSignatureAlgorithm, ISigner> Signers =
        HttpMessageSample.All.ToDictionary(options => options.Algorithm, options => WebhookSigners.HttpMessageSignature(options));

    [Test]
    public void Verify_AnythingSigned_Holds() =>
        Check(400, Requests(), request => request.Verify() == WebhookVerification.Valid(request.Id, request.At));

    [Test]
    public void Verify_AnySingleChange_Fails() =>
        Check(1_500, Changed(Requests()), change => !change.Request.Verify().IsValid && change.Request.Verify().Message is { Length: > 0 });

    /// <summary>Each character of what proves the request, with each algorithm: none is without meaning.</summary>
    [Test]
    public void Verify_EachCharacterOfTheHeaders_Counts([Values("Signature-Input", "Signature", "Content-Digest", "webhook-id")] string name)
    {
        foreach (var algorithm in Enum.GetValues<HttpSignatureAlgorithm>())
        {
            var request = new Sent(algorithm, [1, 2, 3], "msg_1", HttpMessageSample.Secret, "POST", "hooks", HttpMessageSample.Now, null).Sign();
            for (var at = 0; at < request.Headers![name].Length; at++)
            {
                foreach (var bit in new[] { 1, 4, 32 })
                {
                    var text = request.Headers[name].ToCharArray();
                    text[at] ^= (char)bit;

                    Assert.That(request.With(name, new string(text)).Verify().IsValid, Is.False, () => $"{algorithm} {request.Headers[name]} {at} {bit}");
                }
            }
        }
    }

    private static Gen<Sent> Requests() =>
        from algorithm in Gen.Elements(Enum.GetValues<HttpSignatureAlgorithm>())
        from body in ArbMap.Default.GeneratorFor<byte[]>()
        from id in Text('!', '~', 1, 60)
        from secret in Text('!', '~', 8, 100)
        from method in Gen.Elements("POST", "PUT", "PATCH", "DELETE", "GET", "NOTIFY")
        from path in Text('a', 'z', 1, 30)
        from at in Gen.Choose(0, 2_000_000_000)
        select new Sent(algorithm, body, id, secret, method, path, DateTimeOffset.FromUnixTimeSeconds(at), null).Sign();

    private static Gen<Change> Changed(Gen<Sent> requests) =>
        from request in requests
        from part in Gen.Elements("body", "id", "method", "uri", "created", "signature", "input", "digest", "type")
        from at in Gen.Choose(0, 10_000)
        from step in Gen.Choose(1, 90)
        select new Change(part, request.WithOneChange(part, at, step));

    private static Gen<string> Text(char first, char last, int min, int max) =>
        from length in Gen.Choose(min, max)
        from chars in Gen.Choose(first, last).ArrayOf(length)
        select new string([.. chars.Select(c => (char)c)]);

    private static void Check<T>(int count, Gen<T> gen, Func<T, bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(Arb.From(gen), holds));

    private sealed record Change(string Part, Sent Request);

    private sealed record Sent(
        HttpSignatureAlgorithm Algorithm, byte[] Body, string Id, string Secret, string Method, string Path, DateTimeOffset At, Dictionary<string, string>? Headers)
    {
        private Uri Uri => new($"https://example.com/{Path}?q={Path}");

        public Sent Sign() => this with
        {
            Headers = HttpMessageSample.Sign(Signers[Algorithm], new SigningContext
            {
                MessageId = Id,
                Timestamp = At,
                AttemptNumber = 1,
                Method = new HttpMethod(Method),
                Uri = Uri,
                ContentType = "text/plain",
                Body = Body,
                Secrets = [new WebhookSecret { Value = Secret }],
            }),
        };

        public WebhookVerification Verify() => ((ISignatureVerifier)Signers[Algorithm]).Verify(new VerificationContext
        {
            Headers = Headers!,
            Body = Body,
            Secrets = Algorithm == HttpSignatureAlgorithm.HmacSha256 ? [Secret] : [],
            Now = At,
            Tolerance = Tolerance,
            Method = new HttpMethod(Method),
            Uri = Uri,
        });

        public Sent With(string header, string value) => this with { Headers = new(Headers!) { [header] = value } };

        public Sent WithOneChange(string part, int at, int step) => part switch
        {
            "body" => this with { Body = ChangeBody(at, step) },
            "id" => With("webhook-id", ChangeText(Id, at, step, '!', '~')),
            "method" => this with { Method = ChangeText(Method, at, step, 'A', 'Z') },
            "uri" => this with { Path = ChangeText(Path, at, step, 'a', 'z') },
            "created" => With("Signature-Input", ChangeCreated(at, step)),
            "signature" => With("Signature", ChangeText(Headers!["Signature"], at, step, '!', '~')),
            "input" => With("Signature-Input", ChangeText(Headers!["Signature-Input"], at, step, '!', '~')),
            "digest" => With("Content-Digest", ChangeText(Headers!["Content-Digest"], at, step, '!', '~')),
            _ => With("Content-Type", ChangeText("text/plain", at, step, '!', '~')),
        };

        public override string ToString() => $"{Algorithm} {Method} {Uri} {Convert.ToHexString(Body)} {string.Join("\n", Headers!)}";

        private byte[] ChangeBody(int at, int step)
        {
            if (Body.Length == 0) return [(byte)step];
            var body = (byte[])Body.Clone();
            body[at % body.Length] += (byte)step;
            return body;
        }

        private string ChangeCreated(int at, int step)
        {
            var seconds = $"{At.ToUnixTimeSeconds()}";
            return Headers!["Signature-Input"].Replace($"created={seconds}", $"created={ChangeText(seconds, at, step, '0', '9')}");
        }

        /// <summary>Changes one character, never into itself and never into a space.</summary>
        private static string ChangeText(string text, int at, int step, char first, char last)
        {
            var chars = text.ToCharArray();
            var size = last - first + 1;
            var old = chars[at % chars.Length];
            var changed = (char)(first + ((old < first ? 0 : old - first) + step) % size);
            chars[at % chars.Length] = changed != old ? changed : changed == last ? first : (char)(changed + 1);
            return new string(chars);
        }
    }
}
