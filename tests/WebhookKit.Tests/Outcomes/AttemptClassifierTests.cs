using System.Net.Sockets;
using System.Security.Authentication;
using NUnit.Framework;
using WebhookKit.Outcomes;

namespace WebhookKit.Tests.Outcomes;

public class AttemptClassifierTests
{
    private static readonly StatusCodeRange Ok = new(200, 299);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    [TestCase(199, AttemptOutcome.ErrorStatus)]
    [TestCase(200, AttemptOutcome.Succeeded)]
    [TestCase(204, AttemptOutcome.Succeeded)]
    [TestCase(299, AttemptOutcome.Succeeded)]
    [TestCase(300, AttemptOutcome.ErrorStatus)]
    [TestCase(302, AttemptOutcome.ErrorStatus)]
    [TestCase(404, AttemptOutcome.ErrorStatus)]
    [TestCase(410, AttemptOutcome.Gone)]
    [TestCase(429, AttemptOutcome.Throttled)]
    [TestCase(500, AttemptOutcome.ErrorStatus)]
    [TestCase(503, AttemptOutcome.ErrorStatus)]
    [TestCase(0, AttemptOutcome.ErrorStatus)]
    [TestCase(-1, AttemptOutcome.ErrorStatus)]
    [TestCase(99, AttemptOutcome.ErrorStatus)]
    [TestCase(600, AttemptOutcome.ErrorStatus)]
    [TestCase(999, AttemptOutcome.ErrorStatus)]
    [TestCase(int.MaxValue, AttemptOutcome.ErrorStatus)]
    public void FromStatus_Any_IsItsOutcomeWithTheCodeInWords(int status, AttemptOutcome outcome)
    {
        var finding = AttemptClassifier.FromStatus(status, Ok);

        Assert.That(finding.Outcome, Is.EqualTo(outcome));
        Assert.That(finding.Error, outcome == AttemptOutcome.Succeeded ? Is.Null : Does.Contain($"answered {status}"));
    }

    [TestCase(200, 200, 201, AttemptOutcome.ErrorStatus)]
    [TestCase(200, 499, 410, AttemptOutcome.Succeeded)]
    [TestCase(200, 499, 429, AttemptOutcome.Succeeded)]
    [TestCase(0, 999, 999, AttemptOutcome.Succeeded)]
    public void FromStatus_ProfilesOwnSuccess_IsAskedFirst(int first, int last, int status, AttemptOutcome outcome) =>
        Assert.That(AttemptClassifier.FromStatus(status, new StatusCodeRange(first, last)).Outcome, Is.EqualTo(outcome));

    [TestCase(99, true)]
    [TestCase(100, false)]
    [TestCase(599, false)]
    [TestCase(600, true)]
    public void FromStatus_NoneOfHttp_SaysSo(int status, bool says) =>
        Assert.That(AttemptClassifier.FromStatus(status, Ok).Error, says ? Does.Contain("not a status of HTTP") : Is.EqualTo($"The endpoint answered {status}."));

    [TestCase(300, true)]
    [TestCase(399, true)]
    [TestCase(400, false)]
    public void FromStatus_Redirect_SaysWhatToDo(int status, bool says) =>
        Assert.That(
            AttemptClassifier.FromStatus(status, Ok).Error,
            says ? Does.Contain("not followed").And.Contain("Change the subscription's URL") : Is.EqualTo($"The endpoint answered {status}."));

    [TestCaseSource(nameof(Exceptions))]
    public void FromException_Any_IsItsOutcomeInPlainWords(Exception exception, AttemptOutcome outcome, string words)
    {
        var finding = AttemptClassifier.FromException(exception, deadlinePassed: false, Timeout);

        Assert.That(finding.Outcome, Is.EqualTo(outcome));
        Assert.That(finding.Error, Does.Contain(words).And.EndsWith(".").And.Not.Contain("\n").And.Not.Contain("Exception"));
    }

    [TestCaseSource(nameof(Exceptions))]
    public void FromException_AfterTheDeadline_IsATimeout(Exception exception, AttemptOutcome outcome, string words)
    {
        var finding = AttemptClassifier.FromException(exception, deadlinePassed: true, Timeout);

        Assert.That(finding, Is.EqualTo(new AttemptFinding(AttemptOutcome.TimedOut, "The endpoint did not answer completely within 15 s.")), $"{outcome} {words}");
    }

    [Test]
    public void FromException_UnknownOnceTheAnswerBegan_IsAnInvalidResponse()
    {
        var finding = AttemptClassifier.FromException(Http(HttpRequestError.Unknown), deadlinePassed: false, Timeout, answerBegan: true);

        Assert.That(finding, Is.EqualTo(new AttemptFinding(AttemptOutcome.InvalidResponse, "The endpoint's answer is not valid HTTP: http says no.")));
    }

    [Test]
    public void FromException_StackTrace_IsNotInTheWords()
    {
        Exception thrown;
        try
        {
            throw new InvalidOperationException("Broken");
        }
        catch (InvalidOperationException e)
        {
            thrown = e;
        }

        Assert.That(AttemptClassifier.FromException(thrown, false, Timeout).Error, Is.EqualTo("The request could not be sent: Broken."));
    }

    [TestCase("The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch", "the endpoint's certificate is for another host name.")]
    [TestCase("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", "the endpoint's certificate has expired or is not valid yet.")]
    [TestCase("… chain: UntrustedRoot, Revoked", "the endpoint's certificate was revoked, and was issued by nobody that this machine trusts.")]
    [TestCase("… procedure: RemoteCertificateNameMismatch, RemoteCertificateChainErrors", "the endpoint's certificate is for another host name, and is not one that this machine trusts.")]
    [TestCase("… chain: PartialChain", "the endpoint's certificate was issued by nobody that this machine trusts, or lacks the certificates between.")]
    [TestCase("Cannot determine the frame size or a corrupted frame was received.", "what the endpoint sent is not TLS. Perhaps the port is one for http.")]
    [TestCase("Received an unexpected EOF or 0 bytes from the transport stream.", "the endpoint closed the connection.")]
    [TestCase("A red alert certificate", "A red alert certificate.")]
    [TestCase("Something new", "Something new.")]
    public void FromException_CertificateRefused_SaysWhyInWords(string message, string words) =>
        Assert.That(
            AttemptClassifier.FromException(Http(HttpRequestError.SecureConnectionError, new AuthenticationException(message)), false, Timeout),
            Is.EqualTo(new AttemptFinding(AttemptOutcome.TlsFailed, $"The TLS handshake failed: {words}")));

    [TestCase("error:0A00045C:SSL routines::tlsv13 alert certificate required", "'certificate required'. It wants a client certificate that it knows.")]
    [TestCase("error:0A000418:SSL routines::tlsv1 alert unknown ca", "'unknown ca'. It wants a client certificate that it knows.")]
    [TestCase("error:0A000419:SSL routines::tlsv1 alert access denied", "'access denied'. It wants a client certificate that it knows.")]
    [TestCase("error:0A000410:SSL routines::sslv3 alert handshake failure", "'handshake failure'. It may want a client certificate, or another version of TLS.")]
    public void FromException_AlertOfTls_IsATlsFailureEvenAfterTheHandshake(string message, string words) =>
        Assert.That(
            AttemptClassifier.FromException(Http(HttpRequestError.Unknown, new IOException("The decryption operation failed", new InvalidOperationException(message))), false, Timeout),
            Is.EqualTo(new AttemptFinding(AttemptOutcome.TlsFailed, $"The TLS handshake failed: the endpoint broke it off with the alert {words}")));

    private static IEnumerable<TestCaseData> Exceptions()
    {
        yield return Case(Http(HttpRequestError.NameResolutionError, new SocketException((int)SocketError.HostNotFound)), AttemptOutcome.NameNotResolved, "host name was not found");
        yield return Case(Http(HttpRequestError.Unknown, new SocketException((int)SocketError.TryAgain)), AttemptOutcome.NameNotResolved, "host name was not found");
        yield return Case(Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.ConnectionRefused)), AttemptOutcome.ConnectionFailed, "refused");
        yield return Case(Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.NetworkUnreachable)), AttemptOutcome.ConnectionFailed, "cannot be reached");
        yield return Case(Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.HostUnreachable)), AttemptOutcome.ConnectionFailed, "cannot be reached");
        yield return Case(Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.HostDown)), AttemptOutcome.ConnectionFailed, "cannot be reached");
        yield return Case(Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.TimedOut)), AttemptOutcome.ConnectionFailed, "does not answer");
        yield return Case(Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.TooManyOpenSockets)), AttemptOutcome.ConnectionFailed, "TooManyOpenSockets");
        yield return Case(Http(HttpRequestError.ConnectionError, new InvalidOperationException("the address is forbidden")), AttemptOutcome.ConnectionFailed, "the address is forbidden");
        yield return Case(Http(HttpRequestError.ConnectionError), AttemptOutcome.ConnectionFailed, "http says no");
        yield return Case(Http(HttpRequestError.ProxyTunnelError), AttemptOutcome.ConnectionFailed, "No connection");
        yield return Case(Http(HttpRequestError.SecureConnectionError, new AuthenticationException("The remote certificate is invalid.")), AttemptOutcome.TlsFailed, "certificate is invalid");
        yield return Case(Http(HttpRequestError.SecureConnectionError, new IOException("eof", new SocketException((int)SocketError.ConnectionReset))), AttemptOutcome.TlsFailed, "TLS handshake failed");
        yield return Case(Http(HttpRequestError.Unknown, new AuthenticationException("untrusted")), AttemptOutcome.TlsFailed, "untrusted");
        yield return Case(new AuthenticationException("untrusted"), AttemptOutcome.TlsFailed, "untrusted");
        yield return Case(Http(HttpRequestError.ResponseEnded), AttemptOutcome.ConnectionLost, "connection was lost");
        yield return Case(Http(HttpRequestError.Unknown, new HttpIOException(HttpRequestError.ResponseEnded, "ended")), AttemptOutcome.ConnectionLost, "connection was lost");
        yield return Case(new HttpIOException(HttpRequestError.ResponseEnded, "ended"), AttemptOutcome.ConnectionLost, "connection was lost");
        yield return Case(new HttpIOException(HttpRequestError.Unknown, "odd"), AttemptOutcome.ConnectionLost, "connection was lost");
        yield return Case(new IOException("gone", new SocketException((int)SocketError.ConnectionReset)), AttemptOutcome.ConnectionLost, "connection was lost");
        yield return Case(new SocketException((int)SocketError.ConnectionReset), AttemptOutcome.ConnectionLost, "connection was lost");
        yield return Case(Http(HttpRequestError.InvalidResponse), AttemptOutcome.InvalidResponse, "not valid HTTP");
        yield return Case(Http(HttpRequestError.HttpProtocolError), AttemptOutcome.InvalidResponse, "not valid HTTP");
        yield return Case(Http(HttpRequestError.VersionNegotiationError), AttemptOutcome.InvalidResponse, "not valid HTTP");
        yield return Case(new HttpIOException(HttpRequestError.InvalidResponse, "bad chunk"), AttemptOutcome.InvalidResponse, "bad chunk");
        yield return Case(Http(HttpRequestError.ConfigurationLimitExceeded), AttemptOutcome.InvalidResponse, "too many or too long headers");
        yield return Case(new TaskCanceledException("x", new TimeoutException("y")), AttemptOutcome.TimedOut, "did not answer");
        yield return Case(new OperationCanceledException("x"), AttemptOutcome.RequestFailed, "canceled");
        yield return Case(Http(HttpRequestError.UserAuthenticationError), AttemptOutcome.RequestFailed, "http says no");
        yield return Case(Http(HttpRequestError.Unknown, new NotSupportedException("scheme")), AttemptOutcome.RequestFailed, "scheme");
        yield return Case(new InvalidOperationException("Broken"), AttemptOutcome.RequestFailed, "Broken");
    }

    private static HttpRequestException Http(HttpRequestError error, Exception? inner = null) => new(error, "http says no", inner);

    private static TestCaseData Case(Exception exception, AttemptOutcome outcome, string words) => new TestCaseData(exception, outcome, words)
        .SetArgDisplayNames($"{exception.GetType().Name} {(exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpIOException)?.HttpRequestError} {exception.InnerException?.GetType().Name} {words}");
}
