namespace WebhookKit;

/// <summary>Whether a received request is proved, and if not, which check it failed.</summary>
public sealed record WebhookVerification
{
    private WebhookVerification(VerificationFailure failure, string? message)
    {
        Failure = failure;
        Message = message;
    }

    /// <summary>Whether the request comes from somebody who knows a secret, and has not been changed on its way.</summary>
    public bool IsValid => Failure == VerificationFailure.None;

    /// <summary>The check that failed; <see cref="VerificationFailure.None"/> when valid.</summary>
    public VerificationFailure Failure { get; }

    /// <summary>
    /// What is wrong, in words, for the receiver's log; <see langword="null"/> when valid. It never repeats what the sender wrote.
    /// </summary>
    public string? Message { get; }

    /// <summary>
    /// The message id, by which to drop duplicates; <see langword="null"/> when not valid (an unproved id proves nothing) or when
    /// the dialect has none.
    /// </summary>
    public string? MessageId { get; private init; }

    /// <summary>When the request was signed, to the second; <see langword="null"/> when not valid or when the dialect does not say.</summary>
    public DateTimeOffset? Timestamp { get; private init; }

    /// <summary>
    /// The events of a request that <see cref="WebhookVerifier.Receive(IEnumerable{KeyValuePair{string, string}}, ReadOnlyMemory{byte})"/>
    /// found valid, in the order sent, a batch's included; else empty.
    /// </summary>
    public IReadOnlyList<WebhookEvent> Events { get; internal init; } = [];

    /// <summary>Makes the result for a proved request.</summary>
    /// <param name="messageId">The message id that was proved, if the dialect has one.</param>
    /// <param name="timestamp">The time that was proved, if the dialect has one.</param>
    /// <returns>The result.</returns>
    public static WebhookVerification Valid(string? messageId = null, DateTimeOffset? timestamp = null) =>
        new(VerificationFailure.None, null) { MessageId = messageId, Timestamp = timestamp };

    /// <summary>Makes the result for a request that failed a check.</summary>
    /// <param name="failure">The check.</param>
    /// <param name="message">What is wrong, in words, without a secret and without text that the sender wrote.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="failure"/> is <see cref="VerificationFailure.None"/>.</exception>
    public static WebhookVerification Invalid(VerificationFailure failure, string message)
    {
        ArgumentException.ThrowIfNullOrEmpty(message);
        if (failure == VerificationFailure.None)
            throw new ArgumentOutOfRangeException(nameof(failure), failure, "A failed verification names the check that failed. Use Valid for one that held.");
        return new WebhookVerification(failure, message);
    }
}
