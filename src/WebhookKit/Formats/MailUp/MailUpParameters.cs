using System.Text;

namespace WebhookKit.Formats.MailUp;

/// <summary>The parameters that a MailUp webhook sends, such as <c>evt=[EventType]&amp;eml=[Email]</c>: names, texts and placeholders.</summary>
internal static class MailUpParameters
{
    public const string Default = "evt=[EventType]&evd=[EventDate]&eml=[Email]&idl=[IdList]&idn=[IdNL]&gru=[Groups]";

    public static readonly string[] Placeholders =
    [
        "EventDate", "EventType", "EventSource", "IdConsole", "IdList", "IdNL", "Reason", "Email", "Prefix", "Number", "Groups", "Channel",
    ];

    /// <summary>Says what is wrong with a template; nothing when it is good.</summary>
    public static IEnumerable<string> FindFaults(string template)
    {
        foreach (var parameter in template.Split('&'))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                yield return $"has '{parameter}', which is not of the form 'name=value'. Use one such as 'eml=[Email]', joined by '&'.";
                continue;
            }

            if (PlaceholdersOf(parameter[..equals]).FirstOrDefault() is { } inName)
                yield return $"has the placeholder '[{inName}]' in a name, where nothing is filled in. Use it after '=', as in 'eml=[Email]'.";
            foreach (var name in PlaceholdersOf(parameter[(equals + 1)..]))
            {
                if (!IsKnown(name)) yield return $"has the placeholder '[{name}]', which does not exist. Use {string.Join(", ", Placeholders)} or Field01 to Field99, in brackets.";
            }
        }
    }

    /// <summary>Fills a good template; names and values come out percent-encoded.</summary>
    public static string Fill(string template, Func<string, string> valueOf)
    {
        var filled = new StringBuilder(template.Length * 2);
        foreach (var parameter in template.Split('&'))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (filled.Length > 0) filled.Append('&');
            filled.Append(Uri.EscapeDataString(parameter[..equals])).Append('=').Append(Uri.EscapeDataString(FillValue(parameter[(equals + 1)..], valueOf)));
        }

        return filled.ToString();
    }

    private static string FillValue(string value, Func<string, string> valueOf)
    {
        var filled = new StringBuilder();
        var at = 0;
        while (TryFindPlaceholder(value, at, out var from, out var to))
        {
            filled.Append(value, at, from - at).Append(valueOf(value[(from + 1)..to]));
            at = to + 1;
        }

        return filled.Append(value, at, value.Length - at).ToString();
    }

    private static IEnumerable<string> PlaceholdersOf(string value)
    {
        for (var at = 0; TryFindPlaceholder(value, at, out var from, out var to); at = to + 1) yield return value[(from + 1)..to];
    }

    private static bool TryFindPlaceholder(string value, int at, out int from, out int to)
    {
        to = -1;
        from = value.IndexOf('[', at);
        if (from >= 0) to = value.IndexOf(']', from);
        return to > 0;
    }

    private static bool IsKnown(string name) =>
        Placeholders.Contains(name, StringComparer.Ordinal)
        || (name is ['F', 'i', 'e', 'l', 'd', >= '0' and <= '9', >= '0' and <= '9'] && name != "Field00");
}
