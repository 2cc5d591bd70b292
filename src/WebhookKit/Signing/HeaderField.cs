namespace WebhookKit.Signing;

/// <summary>A header's value as it is signed (RFC 9421, section 2.1): each line without white space around it, the lines joined by <c>", "</c>.</summary>
internal static class HeaderField
{
    /// <summary>The longest value looked at, in characters: what servers commonly allow for one line.</summary>
    public const int MaxLength = 8192;

    /// <param name="headers">The headers.</param>
    /// <param name="name">The header's name, in any case.</param>
    /// <param name="value">Its value; <see langword="null"/> when there is no such header.</param>
    /// <returns>Whether it is not longer than <see cref="MaxLength"/>.</returns>
    public static bool TryJoin(IReadOnlyCollection<KeyValuePair<string, string>> headers, string name, out string? value)
    {
        value = null;
        List<string>? lines = null;
        var length = 0L;
        foreach (var header in headers)
        {
            if (!string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)) continue;
            length += (header.Value?.Length ?? 0) + 2;
            if (length > MaxLength + 2) return false;
            var line = (header.Value ?? "").Trim(' ', '\t');
            if (value is null) value = line;
            else (lines ??= [value]).Add(line);
        }

        if (lines is not null) value = string.Join(", ", lines);
        return true;
    }
}
