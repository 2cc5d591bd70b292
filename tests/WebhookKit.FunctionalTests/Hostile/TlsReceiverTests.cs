using System.Net;
using System.Net.Security;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>Receivers whose TLS is not to be trusted, or is none.</summary>
public sealed class TlsReceiverTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TestCertificates _certificates = new();

    [OneTimeTearDown]
    public void DisposeCertificates() => _certificates.Dispose();

    [Test]
    public async Task Certificate_Good_IsTaken()
    {
        var attempt = await AttemptAsync(HostileCase.Answer(Ok), _certificates.Server());
        Assert.That((attempt.Outcome, attempt.Error), Is.EqualTo((AttemptOutcome.Succeeded, (string?)null)));
    }

    [Test]
    public async Task Certificate_ForAnotherHost_IsRefusedInWords() =>
        IsTlsFailure(await AttemptAsync(HostileCase.Answer(Ok), _certificates.Server(IPAddress.Parse("192.0.2.1"))), "is for another host");

    [Test]
    public async Task Certificate_Expired_IsRefusedInWords() =>
        IsTlsFailure(await AttemptAsync(HostileCase.Answer(Ok), _certificates.Server(fromYears: -2, toYears: -1)), "has expired or is not valid yet");

    [Test]
    public async Task Certificate_NotYetValid_IsRefusedInWords() =>
        IsTlsFailure(await AttemptAsync(HostileCase.Answer(Ok), _certificates.Server(fromYears: 1, toYears: 2)), "has expired or is not valid yet");

    [Test]
    public async Task Certificate_SelfSigned_IsRefusedInWords() =>
        IsTlsFailure(await AttemptAsync(HostileCase.Answer(Ok), _certificates.SelfSigned()), "by nobody that this machine trusts");

    [Test]
    public async Task Certificate_OfAnUnknownAuthority_IsRefusedInWords() =>
        IsTlsFailure(await AttemptAsync(HostileCase.Answer(Ok), _certificates.Server(), isTrusted: false), "by nobody that this machine trusts");

    [Test]
    public async Task Certificate_WrongInEveryWay_IsRefusedWithEveryReason()
    {
        var attempt = await AttemptAsync(HostileCase.Answer(Ok), _certificates.Server(IPAddress.Parse("192.0.2.1"), -2, -1), isTrusted: false);
        IsTlsFailure(attempt, "is for another host name, and is not one that this machine trusts");
    }

    [TestCase("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [TestCase("SSH-2.0-OpenSSH_9.6\r\n")]
    [TestCase("\u0001\u0002\u0003\0\u00ff\u00fe\u0001\u0002\u0003\0\u00ff\u00fe")]
    public async Task Handshake_AnsweredWithoutTls_FailsInWords(string garbage) => IsTlsFailure(
        await AttemptWithoutTlsAsync(async p =>
        {
            await p.WriteAsync(garbage);
            await p.WhenClosedAsync();
        }),
        "what the endpoint sent is not TLS");

    [Test]
    public async Task Handshake_EndlessGarbage_FailsInWords() =>
        IsTlsFailure(await AttemptWithoutTlsAsync(p => p.WriteForEverAsync(new byte[8192])), "what the endpoint sent is not TLS");

    /// <summary>Closing with something unread resets the connection.</summary>
    [Test]
    public async Task Handshake_Closed_FailsInWords() =>
        IsTlsFailure(await AttemptWithoutTlsAsync(_ => Task.CompletedTask), "TLS handshake failed: ");

    /// <summary>It has begun when its first bytes have come: who resets earlier may be too early for the handshake.</summary>
    [Test]
    public async Task Handshake_Reset_FailsInWords() => IsTlsFailure(
        await AttemptWithoutTlsAsync(async p =>
        {
            await p.ReadAsync();
            p.Reset();
        }),
        "TLS handshake failed");

    [Test]
    public async Task Handshake_NeverAnswered_EndsAtTheDeadline()
    {
        var attempt = await AttemptWithoutTlsAsync(p => p.WhenClosedAsync(), HostileCase.Short);
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.TimedOut));
            Assert.That(attempt.Error, Does.Contain("did not answer completely within 1 s"));
        });
    }

    [Test]
    public async Task Body_CutWithinTls_IsAConnectionLoss()
    {
        var attempt = await AttemptAsync(HostileCase.AnswerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"), _certificates.Server());
        Assert.That((attempt.Outcome, attempt.StatusCode), Is.EqualTo((AttemptOutcome.ConnectionLost, (int?)200)));
    }

    private static void IsTlsFailure(DeliveryAttempt attempt, string words) => Assert.Multiple(() =>
    {
        Assert.That((attempt.Outcome, attempt.StatusCode), Is.EqualTo((AttemptOutcome.TlsFailed, (int?)null)), attempt.Error);
        Assert.That(attempt.Error, Does.Contain(words));
    });

    private static Task<DeliveryAttempt> AttemptWithoutTlsAsync(Func<SocketPeer, Task> talk) => AttemptWithoutTlsAsync(talk, HostileCase.Long);

    private static async Task<DeliveryAttempt> AttemptWithoutTlsAsync(Func<SocketPeer, Task> talk, WebhookProfile profile)
    {
        await using var server = SocketServer.Start(talk);
        return await HostileHost.AttemptOnceAsync(new UriBuilder(server.Url) { Scheme = "https" }.Uri, profile);
    }

    private async Task<DeliveryAttempt> AttemptAsync(Func<SocketPeer, Task> talk, SslServerAuthenticationOptions tls, bool isTrusted = true)
    {
        await using var server = SocketServer.Start(talk, tls);
        return await HostileHost.AttemptOnceAsync(server.Url, HostileCase.Long, w =>
        {
            if (isTrusted) w.HttpClient.ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).SslOptions.CertificateChainPolicy = _certificates.TrustPolicy);
        });
    }
}
