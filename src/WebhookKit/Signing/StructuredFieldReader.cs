namespace WebhookKit.Signing;

/// <summary>
/// Reads structured fields (RFC 8941, section 4.2) as far as signatures need them: dictionaries of byte sequences and of inner lists of
/// strings. The text comes without white space around it. One pass, no backtracking; after a failure nothing more is read.
/// </summary>
internal ref struct StructuredFieldReader(ReadOnlySpan<char> text)
{
    private const int MaxIntegerDigits = 15;

    private readonly ReadOnlySpan<char> _text = text;
    private bool _hasMember;

    /// <summary>How much was read, for messages: they must not repeat the text itself.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the text broke the grammar.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether all of it was read, and found well formed.</summary>
    public readonly bool IsComplete => !HasFailed && AtEnd;

    private readonly bool AtEnd => Position == _text.Length;

    private readonly char Current => AtEnd ? '\0' : _text[Position];

    /// <summary>Goes on to the next member of a dictionary.</summary>
    /// <returns>Whether there is one; not, when the text ends or has failed.</returns>
    public bool TryReadMember(out string key)
    {
        key = "";
        if (HasFailed) return false;
        if (_hasMember)
        {
            SkipOptionalWhiteSpace();
            if (AtEnd) return false;
            if (!TrySkip(',')) return Fail();
            SkipOptionalWhiteSpace();
        }
        else if (AtEnd)
        {
            return false;
        }

        _hasMember = true;
        return TryReadKey(out key);
    }

    /// <summary>Reads a key: a lower-case letter or <c>*</c>, then also digits, <c>_</c>, <c>-</c> and <c>.</c>.</summary>
    public bool TryReadKey(out string key)
    {
        var start = Position;
        if (!AtEnd && (char.IsAsciiLetterLower(Current) || Current == '*'))
        {
            while (!AtEnd && (char.IsAsciiLetterLower(Current) || char.IsAsciiDigit(Current) || Current is '_' or '-' or '.' or '*')) Position++;
        }

        key = _text[start..Position].ToString();
        return key.Length > 0 || Fail();
    }

    /// <summary>Takes a character if it is the next one; else nothing has failed.</summary>
    public bool TrySkip(char expected)
    {
        if (AtEnd || Current != expected) return false;
        Position++;
        return true;
    }

    public readonly bool IsNext(char expected) => !AtEnd && Current == expected;

    public void SkipSpaces()
    {
        while (TrySkip(' ')) { }
    }

    /// <summary>Reads a string: printable ASCII in quotes, with <c>\"</c> and <c>\\</c> for these two.</summary>
    public bool TryReadString(out string value)
    {
        value = "";
        if (!TrySkip('"')) return Fail();
        var start = Position;
        var escapes = 0;
        while (!AtEnd && Current != '"')
        {
            if (Current is < ' ' or > '~') return Fail();
            if (Current == '\\')
            {
                Position++;
                escapes++;
                if (Current is not ('"' or '\\')) return Fail();
            }

            Position++;
        }

        value = escapes == 0 ? _text[start..Position].ToString() : Unescape(_text[start..Position], escapes);
        return TrySkip('"') || Fail();
    }

    /// <summary>Reads a byte sequence: base64 between colons, in its one right spelling, so that a changed character is never the same bytes.</summary>
    public bool TryReadBytes(out byte[] value)
    {
        value = [];
        if (!TrySkip(':')) return Fail();
        var length = _text[Position..].IndexOf(':');
        if (length < 0) return Fail();
        var encoded = _text.Slice(Position, length);
        var bytes = new byte[length / 4 * 3];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var written) || !encoded.SequenceEqual(Convert.ToBase64String(bytes.AsSpan(0, written)))) return Fail();
        value = bytes[..written];
        Position += length + 1;
        return true;
    }

    /// <summary>Reads any item. Of the types that no parameter of a signature has, nothing is kept.</summary>
    public bool TryReadItem(out StructuredFieldItem item)
    {
        item = default;
        switch (Current)
        {
            case '"':
                if (!TryReadString(out var text)) return false;
                item = new StructuredFieldItem(text);
                return true;
            case ':':
                return TryReadBytes(out _);
            case '?':
                Position++;
                return TrySkip('0') || TrySkip('1') || Fail();
            case '-' or (>= '0' and <= '9'):
                return TryReadNumber(out item);
            default:
                return TryReadToken();
        }
    }

    private bool TryReadNumber(out StructuredFieldItem item)
    {
        item = default;
        var isNegative = TrySkip('-');
        long number = 0;
        var start = Position;
        while (char.IsAsciiDigit(Current))
        {
            if (Position - start == MaxIntegerDigits) return Fail();
            number = number * 10 + (Current - '0');
            Position++;
        }

        if (Position == start) return Fail();
        if (!TrySkip('.'))
        {
            item = new StructuredFieldItem(isNegative ? -number : number);
            return true;
        }

        start = Position;
        while (char.IsAsciiDigit(Current)) Position++;
        return Position - start is >= 1 and <= 3 || Fail();
    }

    private bool TryReadToken()
    {
        if (!char.IsAsciiLetter(Current) && Current != '*') return Fail();
        while (char.IsAsciiLetterOrDigit(Current) || (!AtEnd && "!#$%&'*+-.^_`|~:/".Contains(Current))) Position++;
        return true;
    }

    private void SkipOptionalWhiteSpace()
    {
        while (TrySkip(' ') || TrySkip('\t')) { }
    }

    private bool Fail()
    {
        HasFailed = true;
        return false;
    }

    private static string Unescape(ReadOnlySpan<char> text, int escapes) => string.Create(text.Length - escapes, text, static (result, source) =>
    {
        var at = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\') i++;
            result[at++] = source[i];
        }
    });
}
