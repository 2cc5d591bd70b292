using System.Globalization;
using System.Text;

namespace WebhookKit.Matching;

/// <summary>Reads the subset of JSONPath (RFC 9535) that names exactly one place: <c>$.a.b</c>, <c>$.items[0].id</c>, <c>$['odd name']</c>.</summary>
internal sealed class JsonPathParser(string text)
{
    private readonly List<JsonPathStep> _steps = [];
    private int _position;

    public IReadOnlyList<JsonPathStep> Steps => _steps;

    public string? Fault { get; private set; }

    private char Current => _position < text.Length ? text[_position] : '\0';

    private bool AtEnd => _position == text.Length;

    public bool TryRead()
    {
        if (Current != '$') return Refuse("a path begins with '$', which stands for the data");
        _position++;
        while (!AtEnd)
        {
            if (!TryReadStep()) return false;
        }

        return true;
    }

    private bool TryReadStep()
    {
        switch (Current)
        {
            case '.':
                _position++;
                return TryReadName();
            case '[':
                _position++;
                return Current is '\'' or '"' ? TryReadQuotedName() : TryReadIndex();
            default:
                return Refuse("expected '.' or '['");
        }
    }

    private bool TryReadName()
    {
        var start = _position;
        while (IsNameChar(Current)) _position++;
        if (_position == start)
        {
            return Refuse(Current is '*' or '.' or '['
                ? "wildcards, '..' and '.[' are not supported; name one property"
                : "expected a property name; put names with other characters in brackets and quotes");
        }

        if (char.IsAsciiDigit(text[start]))
        {
            _position = start;
            return Refuse("a name that begins with a digit needs brackets: [0] for an array's element, ['0'] for a property");
        }

        _steps.Add(new JsonPathStep(text[start.._position], 0));
        return true;
    }

    private bool TryReadIndex()
    {
        var start = _position;
        while (char.IsAsciiDigit(Current)) _position++;
        if (_position == start)
            return Refuse("expected an index from 0 or a quoted name; wildcards, slices, negative indexes and expressions are not supported");
        if (!int.TryParse(text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            _position = start;
            return Refuse("the index is too large");
        }

        _steps.Add(new JsonPathStep(null, index));
        return TryReadBracketEnd();
    }

    private bool TryReadQuotedName()
    {
        var name = new StringBuilder();
        var quote = text[_position++];
        while (Current != quote)
        {
            if (AtEnd) return Refuse($"expected {quote} to end the name");
            if (Current == '\\')
            {
                _position++;
                if (Current is not ('\\' or '\'' or '"')) return Refuse("a backslash goes before a quote or another backslash only");
            }

            name.Append(text[_position++]);
        }

        _position++;
        _steps.Add(new JsonPathStep(name.ToString(), 0));
        return TryReadBracketEnd();
    }

    private bool TryReadBracketEnd()
    {
        if (Current != ']') return Refuse("expected ']'");
        _position++;
        return true;
    }

    private bool Refuse(string reason)
    {
        Fault = $"the path {Quote.Of(text)} is wrong at character {_position + 1}: {reason}. "
            + "Write a path such as $.plan, $.items[0].id or $['odd name'].";
        return false;
    }

    private static bool IsNameChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' || (c > '\u009F' && !char.IsWhiteSpace(c));
}
