using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WebhookKit.Formats;

/// <summary>A JSON body in the making, of the host's own JSON as it is and of what a dialect puts around it.</summary>
internal sealed class JsonBody(int sizeHint)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(sizeHint);

    public ReadOnlyMemory<byte> Bytes => _buffer.WrittenMemory;

    /// <summary>Writes JSON as it is.</summary>
    public JsonBody Raw(ReadOnlySpan<byte> json)
    {
        _buffer.Write(json);
        return this;
    }

    /// <summary>Writes a text as a JSON string; half a character in it as U+FFFD.</summary>
    public JsonBody Text(string text)
    {
        _buffer.Write("\""u8);
        _buffer.Write(JsonEncodedText.Encode(Encoding.UTF8.GetBytes(text), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        _buffer.Write("\""u8);
        return this;
    }

    /// <summary>Writes a whole number.</summary>
    public JsonBody Number(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        _buffer.Write(digits[..length]);
        return this;
    }

    /// <summary>Writes an id that is a number in the original system, and a text where it is none here.</summary>
    public JsonBody Id(string? id) =>
        id is null ? Raw("null"u8)
        : IsNumber(id) ? Number(long.Parse(id, CultureInfo.InvariantCulture))
        : Text(id);

    private static bool IsNumber(string id) =>
        id.Length is > 0 and <= 18 && !id.AsSpan().ContainsAnyExceptInRange('0', '9') && (id.Length == 1 || id[0] != '0');
}
