using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>What a sender is told. Problems (RFC 9457) are few and fixed: they say nothing of why.</summary>
internal sealed class Answer
{
    private readonly byte[]? _problem;

    private Answer(int status, string? title = null, string? detail = null)
    {
        Status = status;
        if (title is not null)
            _problem = System.Text.Encoding.UTF8.GetBytes($$"""{"type":"about:blank","title":"{{title}}","status":{{status}},"detail":"{{detail}}"}""");
    }

    public static Answer Ok { get; } = new(StatusCodes.Status200OK);

    public static Answer Malformed { get; } = new(StatusCodes.Status400BadRequest, "Bad Request", "The body is not of the expected form.");

    public static Answer Unproved { get; } = new(StatusCodes.Status401Unauthorized, "Unauthorized", "The request could not be verified.");

    public static Answer UnderWay { get; } = new(StatusCodes.Status409Conflict, "Conflict", "The same message is being handled. Send it again later.") { AsksToWait = true };

    public static Answer Gone { get; } = new(StatusCodes.Status410Gone, "Gone", "Nobody is interested any more. Unsubscribe.");

    public static Answer TooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "Content Too Large", "The body is too large.");

    public static Answer Refused { get; } = new(StatusCodes.Status422UnprocessableEntity, "Unprocessable Content", "The event is not taken here.");

    public static Answer Failed { get; } = new(StatusCodes.Status500InternalServerError, "Internal Server Error", "The event could not be handled. Send it again later.");

    public static Answer Busy { get; } = new(StatusCodes.Status503ServiceUnavailable, "Service Unavailable", "Too busy. Send it again later.") { AsksToWait = true };

    public int Status { get; }

    /// <summary>Whether it says when to come again.</summary>
    public bool AsksToWait { get; private init; }

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (_problem is null)
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        response.ContentType = "application/problem+json";
        response.ContentLength = _problem.Length;
        return response.Body.WriteAsync(_problem, context.RequestAborted).AsTask();
    }
}
