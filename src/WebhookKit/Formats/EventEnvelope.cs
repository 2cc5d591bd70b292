using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace WebhookKit.Formats;

/// <summary>
/// One event as the JSON object of Standard Webhooks, measured when made, so that a body of many is one exactly sized array.
/// </summary>
/// <remarks>
/// <para>JSON data goes through byte for byte. Other data becomes a JSON string if it is valid UTF-8; if not, the member is
/// <c>"data_base64"</c> in place of <c>"data"</c>, as CloudEvents does, so that no receiver takes base64 for text. No data at all is
/// <c>null</c>.</para>
/// <para>The timestamp has microseconds, always six digits: stores keep no more, and a retry that read its event from one must send
/// the same bytes as the first attempt did.</para>
/// </remarks>
internal readonly struct EventEnvelope
{
    private const int TimestampLength = 27; // 2022-11-03T20:26:10.344522Z

    private static readonly byte[][] MemberNames = [.. ((string[])["type", "timestamp", "data", "data_base64", "id"]).Select(Encoding.UTF8.GetBytes)];

    private readonly WebhookEvent _event;
    private readonly bool _withId;
    private readonly DataForm _form;
    private readonly JsonText _id;
    private readonly JsonText _type;
    private readonly JsonText _text;

    public EventEnvelope(WebhookEvent webhookEvent, bool withId)
    {
        _event = webhookEvent;
        _withId = withId;
        _id = withId ? new JsonText(webhookEvent.Id) : default;
        _type = new JsonText(webhookEvent.Type);
        _form = FormOf(webhookEvent);
        if (_form == DataForm.Text) _text = new JsonText(webhookEvent.Data.Span);

        var start = withId ? """{"id":"","type":"","timestamp":"",""".Length + _id.Length : """{"type":"","timestamp":"",""".Length;
        Length = checked(start + _type.Length + TimestampLength + DataLength() + "}".Length);
    }

    private enum DataForm
    {
        None,
        Json,
        Text,
        Binary,
    }

    public int Length { get; }

    public void WriteTo(ref Utf8Cursor writer)
    {
        writer.Write("{"u8);
        if (_withId)
        {
            writer.Write("\"id\":\""u8);
            _id.WriteTo(ref writer);
            writer.Write("\","u8);
        }

        writer.Write("\"type\":\""u8);
        _type.WriteTo(ref writer);
        writer.Write("\",\"timestamp\":\""u8);
        WriteTimestamp(ref writer);
        writer.Write("\","u8);
        WriteData(ref writer);
        writer.Write("}"u8);
    }

    /// <summary>The way back. An object without <c>data</c>, which other senders post, is its own data.</summary>
    /// <param name="json">What may be the JSON of one event.</param>
    /// <param name="id">The event's id; <see langword="null"/> for the one that stands in it.</param>
    /// <param name="webhookEvent">The event.</param>
    /// <returns>Whether it is a JSON object.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> json, string? id, [NotNullWhen(true)] out WebhookEvent? webhookEvent)
    {
        webhookEvent = null;
        Span<Range> found = stackalloc Range[5];
        if (!JsonSlices.TryReadObject(json, MemberNames, found)) return false;
        webhookEvent = new WebhookEvent
        {
            Id = id ?? JsonSlices.GetText(json[found[4]].Span) ?? "",
            Type = JsonSlices.GetText(json[found[0]].Span) ?? "",
            OccurredAt = IsoTime.ParseJson(json[found[1]].Span),
            Data = json[found[2]] is { IsEmpty: false } data ? data : json,
        };
        if (JsonSlices.GetText(json[found[3]].Span) is not { } text) return true;
        var bytes = new byte[text.Length / 4 * 3 + 3];
        if (Convert.TryFromBase64String(text, bytes, out var length)) webhookEvent = webhookEvent with { Data = bytes.AsMemory(0, length), ContentType = "application/octet-stream" };
        return true;
    }

    private void WriteTimestamp(ref Utf8Cursor writer)
    {
        // "O" is the fast path of the framework; it has one digit more: 2022-11-03T20:26:10.3445220Z
        Span<byte> text = stackalloc byte[TimestampLength + 1];
        _event.OccurredAt.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        writer.Write(text[..(TimestampLength - 1)]);
        writer.Write("Z"u8);
    }

    private void WriteData(ref Utf8Cursor writer)
    {
        writer.Write(_form == DataForm.Binary ? "\"data_base64\":\""u8 : "\"data\":"u8);
        switch (_form)
        {
            case DataForm.Json:
                writer.Write(_event.Data.Span);
                break;
            case DataForm.Text:
                writer.Write("\""u8);
                _text.WriteTo(ref writer);
                writer.Write("\""u8);
                break;
            case DataForm.Binary:
                Base64.EncodeToUtf8(_event.Data.Span, writer.Rest, out _, out var written);
                writer.Advance(written);
                writer.Write("\""u8);
                break;
            default:
                writer.Write("null"u8);
                break;
        }
    }

    private int DataLength() => _form switch
    {
        DataForm.Json => "\"data\":".Length + _event.Data.Length,
        DataForm.Text => "\"data\":\"\"".Length + _text.Length,
        DataForm.Binary => "\"data_base64\":\"\"".Length + Base64.GetMaxEncodedToUtf8Length(_event.Data.Length),
        _ => "\"data\":null".Length,
    };

    private static DataForm FormOf(WebhookEvent webhookEvent) =>
        webhookEvent.Data.IsEmpty ? DataForm.None
        : IsJson(webhookEvent.ContentType) ? DataForm.Json
        : Utf8.IsValid(webhookEvent.Data.Span) ? DataForm.Text
        : DataForm.Binary;

    /// <summary>Whether data of a media type goes into the body as it is: what is published as such must be JSON.</summary>
    internal static bool IsJson(string contentType)
    {
        if (contentType == WebhookEvent.JsonContentType) return true;
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var mediaType = (end < 0 ? contentType : contentType.AsSpan(0, end)).Trim();
        return mediaType.Equals(WebhookEvent.JsonContentType, StringComparison.OrdinalIgnoreCase)
            || mediaType.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
