namespace WebhookKit;

/// <summary>Which check a received request failed.</summary>
public enum VerificationFailure
{
    /// <summary>None: the request is proved.</summary>
    None,

    /// <summary>A header that the dialect needs is not there.</summary>
    MissingHeader,

    /// <summary>A header that must be there once is there more than once.</summary>
    RepeatedHeader,

    /// <summary>A header is too long or is not of the form that the dialect asks for.</summary>
    MalformedHeader,

    /// <summary>The request was signed longer ago than the tolerance allows: late, or sent again by somebody else.</summary>
    TimestampTooOld,

    /// <summary>The request claims to be signed further in the future than the tolerance allows.</summary>
    TimestampTooNew,

    /// <summary>
    /// The body is not of the form that the dialect asks for. Only <see cref="WebhookVerifier.Receive(HttpMethod, Uri, IEnumerable{KeyValuePair{string, string}}, ReadOnlyMemory{byte})"/>
    /// reads it, and only once the signature has held.
    /// </summary>
    MalformedBody,

    /// <summary>The dialect signs the method or the URI, and the receiver did not pass them.</summary>
    MissingTarget,

    /// <summary>No signature fits the body, the other headers and one of the secrets.</summary>
    NoMatchingSignature,
}
