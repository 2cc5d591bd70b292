namespace WebhookKit;

/// <summary>The store cannot be used, or cannot do what was asked: it is not there, is locked, full or damaged.</summary>
/// <remarks>
/// What the store refused was not stored. Where its answer was lost (it did not answer in time, or the connection broke) nobody can know: the call may
/// have been stored all the same. Publish again with the same <see cref="PublishOptions.EventId"/>, which is then not stored twice.
/// </remarks>
public sealed class WebhookStoreException : WebhookException
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What is wrong with which store, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public WebhookStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// Whether the store works, and only waited too long for what somebody else has locked: nothing of the call was stored, and calls that do not
    /// touch it succeed. Default: no.
    /// </summary>
    public bool IsHeldUp { get; init; }
}
