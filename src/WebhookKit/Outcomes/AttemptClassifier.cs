using System.Net.Sockets;
using System.Security.Authentication;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Outcomes;

/// <summary>Says how an attempt ended, from the status of the answer or from what was thrown instead of one.</summary>
internal static class AttemptClassifier
{
    private static readonly AttemptFinding Success = new(AttemptOutcome.Succeeded, null);

    /// <summary>Judges an answer.</summary>
    /// <param name="statusCode">Its status, which may be anything: not every server keeps to 100 to 599.</param>
    /// <param name="success">What the profile counts as success. It is asked first.</param>
    public static AttemptFinding FromStatus(int statusCode, StatusCodeRange success) => statusCode switch
    {
        _ when success.Contains(statusCode) => Success,
        410 => new(AttemptOutcome.Gone, "The endpoint answered 410 (Gone): it wants no more webhooks."),
        429 => new(AttemptOutcome.Throttled, "The endpoint answered 429 (Too Many Requests)."),
        >= 300 and < 400 => new(AttemptOutcome.ErrorStatus, $"The endpoint answered {statusCode}, a redirect, which is not followed. Change the subscription's URL to where it leads."),
        < 100 or > 599 => new(AttemptOutcome.ErrorStatus, $"The endpoint answered {statusCode}, which is not a status of HTTP (100 to 599)."),
        _ => new(AttemptOutcome.ErrorStatus, $"The endpoint answered {statusCode}."),
    };

    /// <summary>Judges an attempt that has no complete answer.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="deadlinePassed">Whether the attempt's deadline had passed: then whatever came of that is a timeout.</param>
    /// <param name="timeout">How long the attempt was given.</param>
    /// <param name="answerBegan">Whether the head of an answer had come: then what is wrong is in its body.</param>
    public static AttemptFinding FromException(Exception exception, bool deadlinePassed, TimeSpan timeout, bool answerBegan = false)
    {
        if (deadlinePassed) return new(AttemptOutcome.TimedOut, $"The endpoint did not answer completely within {Words.Duration(timeout)}.");

        if (exception.GetBaseException() is EndpointBlockedException blocked) return new(AttemptOutcome.Blocked, blocked.Message);

        // With TLS 1.3 the other side judges our certificate, or the lack of one, only after the handshake has ended for us.
        if (TlsWords.FindAlert(exception) is not null) return TlsFailed(exception);

        // From the outside in: what the handler says of itself is the most exact, and "unknown" leaves it to what it wraps.
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (Judge(e) is { } finding) return finding;
        }

        if (answerBegan && exception is HttpRequestException) return InvalidResponse(exception);
        return exception is OperationCanceledException
            ? new(AttemptOutcome.RequestFailed, "The attempt was canceled.")
            : new(AttemptOutcome.RequestFailed, $"The request could not be sent: {Words.Reason(exception)}");
    }

    private static AttemptFinding? Judge(Exception exception) => exception switch
    {
        HttpRequestException http => FromHttp(http.HttpRequestError, http),
        HttpIOException http => FromHttp(http.HttpRequestError, http) ?? ConnectionLost(),
        AuthenticationException => TlsFailed(exception),
        SocketException socket => FromSocket(socket.SocketErrorCode),
        IOException => ConnectionLost(),
        TimeoutException => new(AttemptOutcome.TimedOut, "The endpoint did not answer in time."),
        _ => null,
    };

    private static AttemptFinding? FromHttp(HttpRequestError error, Exception exception) => error switch
    {
        HttpRequestError.NameResolutionError => NameNotResolved(),
        HttpRequestError.ConnectionError when exception.GetBaseException() is SocketException socket => FromSocket(socket.SocketErrorCode),
        HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => ConnectionFailed(Words.Reason(exception)),
        HttpRequestError.SecureConnectionError => TlsFailed(exception),
        HttpRequestError.ResponseEnded => ConnectionLost(),
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError =>
            InvalidResponse(exception),
        HttpRequestError.ConfigurationLimitExceeded =>
            new AttemptFinding(AttemptOutcome.InvalidResponse, $"The endpoint's answer has too many or too long headers: {Words.Reason(exception)}"),
        _ => null,
    };

    private static AttemptFinding FromSocket(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => NameNotResolved(),
        SocketError.ConnectionRefused => ConnectionFailed("it was refused."),
        SocketError.TimedOut => ConnectionFailed("the host does not answer."),
        SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown => ConnectionFailed("the host cannot be reached."),
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.Disconnecting or SocketError.NotConnected => ConnectionLost(),
        _ => ConnectionFailed($"{error}."),
    };

    private static AttemptFinding NameNotResolved() => new(AttemptOutcome.NameNotResolved, "The endpoint's host name was not found.");

    private static AttemptFinding ConnectionFailed(string reason) => new(AttemptOutcome.ConnectionFailed, $"No connection could be made: {reason}");

    private static AttemptFinding ConnectionLost() => new(AttemptOutcome.ConnectionLost, "The connection was lost before the answer was complete.");

    private static AttemptFinding InvalidResponse(Exception exception) =>
        new(AttemptOutcome.InvalidResponse, $"The endpoint's answer is not valid HTTP: {Words.Reason(exception)}");

    private static AttemptFinding TlsFailed(Exception exception) => new(AttemptOutcome.TlsFailed, $"The TLS handshake failed: {TlsWords.Reason(exception)}");
}
