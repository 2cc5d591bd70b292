using System.Text;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

public class HttpMessageThreadTests
{
    [TestCaseSource(typeof(HttpMessageSample), nameof(HttpMessageSample.All))]
    public void SignAndVerify_ManyThreadsOneSigner_AllHold(HttpSignatureOptions options)
    {
        var signer = WebhookSigners.HttpMessageSignature(options);
        var profile = HttpMessageSample.ProfileOf(options) with { Signer = signer };
        var verifier = new WebhookVerifier(profile, options.KeyPem is null ? [HttpMessageSample.Secret] : [], new HttpMessageSample.FixedTime(HttpMessageSample.Now));
        var failures = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var start = new Barrier(16);

        var threads = Enumerable.Range(0, 16).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < 40; i++)
            {
                var (body, id) = ($"{number} {i}", $"msg_{number}_{i}");
                var headers = HttpMessageSample.Sign(signer, HttpMessageSample.Context(body, id));
                var good = verifier.Verify(HttpMethod.Post, HttpMessageSample.Uri, headers, Encoding.UTF8.GetBytes(body));
                headers["webhook-id"] = "msg";
                var bad = verifier.Verify(HttpMethod.Post, HttpMessageSample.Uri, headers, Encoding.UTF8.GetBytes(body));
                if (good.MessageId != id || bad.Failure != VerificationFailure.NoMatchingSignature) failures.Enqueue($"{id}: {good.Message} {bad.Message}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(failures, Is.Empty);
    }
}
