using Microsoft.Extensions.Logging;

namespace WebhookKit.Tests.Diagnostics;

/// <summary>One line of a log, with all that a sink could write of it.</summary>
internal sealed record LogLine(
    string Category, LogLevel Level, int EventId, string Message, IReadOnlyDictionary<string, object?> Values, Exception? Exception)
{
    public string Everything => $"{Category} {Level} {EventId} {Message} {string.Join(' ', Values.Select(v => $"{v.Key}={v.Value}"))} {Exception}";
}
