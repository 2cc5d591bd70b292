using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Answers with a problem (RFC 9457), which also has the <c>message</c> and <c>errors</c> that MailerLite's clients look for.</summary>
internal static class Problem
{
    public static Task WriteAsync(HttpContext context, ApiException problem) =>
        JsonAnswer.WriteAsync(context, problem.Status, "application/problem+json", json => Write(json, problem));

    private static void Write(Utf8JsonWriter json, ApiException problem)
    {
        json.WriteStartObject();
        json.WriteString("type", string.Create(CultureInfo.InvariantCulture, $"https://httpstatuses.io/{problem.Status}"));
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(problem.Status));
        json.WriteNumber("status", problem.Status);
        json.WriteString("detail", problem.Message);
        json.WriteString("message", problem.Message);
        if (problem.Errors is { } errors)
        {
            json.WriteStartObject("errors");
            foreach (var (field, messages) in errors)
            {
                json.WriteStartArray(field);
                foreach (var message in messages) json.WriteStringValue(message);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
