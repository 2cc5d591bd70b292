using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WebhookKit.Formats;

/// <summary>A text as it stands between the quotes of a JSON string. Plain ASCII, the usual case, is neither copied nor escaped.</summary>
internal readonly struct JsonText
{
    private static readonly SearchValues<char> PlainChars =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    private readonly string? _plain;
    private readonly JsonEncodedText _escaped;

    public JsonText(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(PlainChars))
            _escaped = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        else
            _plain = text;
    }

    /// <param name="utf8">The text; valid UTF-8.</param>
    public JsonText(ReadOnlySpan<byte> utf8) => _escaped = JsonEncodedText.Encode(utf8, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    public int Length => _plain?.Length ?? _escaped.EncodedUtf8Bytes.Length;

    public void WriteTo(ref Utf8Cursor writer)
    {
        if (_plain is null)
            writer.Write(_escaped.EncodedUtf8Bytes);
        else
            writer.Advance(Encoding.ASCII.GetBytes(_plain, writer.Rest));
    }
}
