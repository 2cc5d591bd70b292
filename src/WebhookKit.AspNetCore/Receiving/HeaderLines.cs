using System.Collections;
using Microsoft.AspNetCore.Http;
using WebhookKit.Signing;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>A request's headers as a verifier walks them, one that came twice twice; or, mostly, looks one up.</summary>
internal sealed class HeaderLines(IHeaderDictionary headers) : IReadOnlyCollection<KeyValuePair<string, string>>, IHeaderLookup
{
    int IReadOnlyCollection<KeyValuePair<string, string>>.Count => headers.Sum(h => h.Value.Count);

    public int Count(string name, out string? value)
    {
        var values = headers[name];
        value = values.Count > 0 ? values[0] : null;
        return values.Count;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        foreach (var header in headers)
        {
            foreach (var value in header.Value) yield return new(header.Key, value ?? "");
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
