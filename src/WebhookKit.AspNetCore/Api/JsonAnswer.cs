using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Answers with JSON, whole or not at all.</summary>
internal static class JsonAnswer
{
    public static Task OkAsync(ApiCall call, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) =>
        WriteAsync(call.Context, status, "application/json", write);

    public static async Task WriteAsync(HttpContext context, int status, string contentType, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = buffer.WrittenCount;

        // Secrets and other people's data: for nobody's cache.
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Writes <c>{"data":…}</c>.</summary>
    public static void WriteData(this Utf8JsonWriter json, Action<Utf8JsonWriter> write)
    {
        json.WriteStartObject();
        json.WritePropertyName("data");
        write(json);
        json.WriteEndObject();
    }

    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at) json.WriteString(name, at.UtcDateTime);
        else json.WriteNull(name);
    }

    public static void WriteNumber(this Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
