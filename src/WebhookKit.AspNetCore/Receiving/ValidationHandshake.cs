using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Answers the validation handshake of CloudEvents' "HTTP 1.1 Web Hooks 1.0", section 4.2.</summary>
internal sealed class ValidationHandshake(WebhookReceiverOptions options)
{
    private readonly string[] _origins = [.. options.AllowedOrigins];

    public Task AnswerAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.Allow = "POST, OPTIONS";
        response.ContentLength = 0;
        if (context.Request.Headers[WebhookHandshake.OriginHeader] is not [{ Length: > 0 } origin])
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        if (!_origins.Any(o => o == "*" || o.Equals(origin, StringComparison.OrdinalIgnoreCase)))
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        response.Headers["WebHook-Allowed-Origin"] = _origins.Contains("*") ? "*" : origin;
        response.Headers["WebHook-Allowed-Rate"] = options.AllowedRequestsPerMinute?.ToString(CultureInfo.InvariantCulture) ?? "*";
        return Task.CompletedTask;
    }
}
