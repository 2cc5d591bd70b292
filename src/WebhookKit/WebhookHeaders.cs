using System.Buffers;
using System.Collections;

namespace WebhookKit;

/// <summary>The headers that a format or a signer gives a request. Each is checked when it is added.</summary>
public sealed class WebhookHeaders : IReadOnlyList<KeyValuePair<string, string>>
{
    private static readonly SearchValues<char> TokenChars = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> ValueChars = SearchValues.Create(
        ['\t', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    private readonly List<KeyValuePair<string, string>> _headers = new(4);

    /// <inheritdoc/>
    public int Count => _headers.Count;

    /// <inheritdoc/>
    public KeyValuePair<string, string> this[int index] => _headers[index];

    /// <summary>Adds a header.</summary>
    /// <param name="name">Its name: a token (RFC 9110, section 5.6.2).</param>
    /// <param name="value">Its value: visible ASCII, spaces and tabs.</param>
    /// <exception cref="ArgumentException">The name or the value could break the request apart.</exception>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (string.IsNullOrEmpty(name) || name.AsSpan().ContainsAnyExcept(TokenChars))
            throw new ArgumentException($"'{name}' is not a header name. Use letters, digits and hyphens.", nameof(name));
        // ' ' to '~' and tab: a line break would begin another header on the wire.
        if (value.AsSpan().ContainsAnyExcept(ValueChars))
            throw new ArgumentException($"The value of header '{name}' has a control or non-ASCII character. Encode it first.", nameof(value));
        _headers.Add(new KeyValuePair<string, string>(name, value));
    }

    /// <summary>Removes a header of which there is one more.</summary>
    internal void RemoveAt(int index) => _headers.RemoveAt(index);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _headers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
