namespace WebhookKit;

/// <summary>Something was refused before anything was stored.</summary>
public sealed class WebhookValidationException : WebhookException
{
    /// <summary>Creates one from all faults found.</summary>
    /// <param name="errors">The faults; at least one.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public WebhookValidationException(IReadOnlyList<WebhookFieldError> errors, Exception? innerException = null)
        : base(string.Join(Environment.NewLine, errors.Select(e => e.Message)), innerException) => Errors = errors;

    internal WebhookValidationException(string field, string message, Exception? innerException = null)
        : this([new WebhookFieldError(field, message)], innerException)
    {
    }

    /// <summary>All faults found, each with the field that it concerns.</summary>
    public IReadOnlyList<WebhookFieldError> Errors { get; }
}
