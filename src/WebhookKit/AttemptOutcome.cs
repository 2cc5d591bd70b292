namespace WebhookKit;

/// <summary>How an attempt ended, and, if it failed, where.</summary>
public enum AttemptOutcome
{
    /// <summary>The endpoint answered with a status that the profile counts as success.</summary>
    Succeeded,

    /// <summary>The endpoint answered with a status that is not a success.</summary>
    ErrorStatus,

    /// <summary>The endpoint answered 410: it wants no more.</summary>
    Gone,

    /// <summary>The endpoint answered 429: too many requests.</summary>
    Throttled,

    /// <summary>The attempt's deadline passed before the answer was complete.</summary>
    TimedOut,

    /// <summary>The endpoint's host name was not found.</summary>
    NameNotResolved,

    /// <summary>No connection could be made.</summary>
    ConnectionFailed,

    /// <summary>The TLS handshake failed.</summary>
    TlsFailed,

    /// <summary>The connection was lost before the answer was complete.</summary>
    ConnectionLost,

    /// <summary>What came back is not a valid HTTP answer.</summary>
    InvalidResponse,

    /// <summary>The request could not be sent for another reason, named in the attempt's error text.</summary>
    RequestFailed,

    /// <summary>No connection was made: the endpoint's address is one that webhooks must not go to (docs/security.md).</summary>
    Blocked,

    /// <summary>No request was made: the profile's dialect cannot carry the event. The error text says why.</summary>
    Unsendable,
}
