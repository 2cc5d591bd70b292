using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Ends a call with a problem for the caller.</summary>
internal sealed class ApiException(int status, string message, IReadOnlyDictionary<string, List<string>>? errors = null) : Exception(message)
{
    public int Status => status;

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyDictionary<string, List<string>>? Errors => errors;

    public static ApiException NotFound(string what) => new(StatusCodes.Status404NotFound, $"There is no such {what}.");

    public static ApiException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static ApiException NoTenant() => new(StatusCodes.Status403Forbidden, "The request belongs to no account that has webhooks.");

    public static ApiException Stale() => new(
        StatusCodes.Status412PreconditionFailed, "It has changed since you read it. Read it again, apply your change, and send it with the new ETag.");

    public static ApiException Of(WebhookException fault) => fault switch
    {
        WebhookValidationException invalid => FieldErrors.Of(invalid),
        WebhookNotFoundException => new(StatusCodes.Status404NotFound, fault.Message),
        WebhookConflictException => new(StatusCodes.Status409Conflict, fault.Message),
        // What went wrong there is for the host's log, not for its users.
        _ => new(StatusCodes.Status503ServiceUnavailable, "The webhooks cannot be read or changed just now. Try again in a moment."),
    };
}
