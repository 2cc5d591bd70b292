using System.Buffers;
using System.Text;

namespace WebhookKit.Matching;

/// <summary>Texts that only look like texts.</summary>
internal static class Utf16
{
    /// <summary>Whether there is half a character in it (an unpaired surrogate), which UTF-8 has no form for.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\ud800', '\udfff'); at >= 0; at = text.IndexOfAnyInRange('\ud800', '\udfff'))
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) is not OperationStatus.Done) return true;
            text = text[(at + length)..];
        }

        return false;
    }
}
