using System.Collections;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>A request's headers as a verifier walks them: one that came twice is in it twice.</summary>
internal sealed class HeaderLines : IReadOnlyList<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] _lines;

    public HeaderLines(IHeaderDictionary headers)
    {
        var lines = new KeyValuePair<string, string>[headers.Count];
        foreach (var header in headers)
        {
            foreach (var value in header.Value)
            {
                if (Count == lines.Length) Array.Resize(ref lines, Count + 4);
                lines[Count++] = new(header.Key, value ?? "");
            }
        }

        _lines = lines;
    }

    public int Count { get; }

    public KeyValuePair<string, string> this[int index] => index < Count ? _lines[index] : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return _lines[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
