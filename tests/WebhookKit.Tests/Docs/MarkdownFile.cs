using System.Text.RegularExpressions;

namespace WebhookKit.Tests.Docs;

/// <summary>A Markdown file, as far as the tests read it.</summary>
internal sealed partial class MarkdownFile
{
    private readonly string[] _lines;

    public MarkdownFile(string path)
    {
        Path = path.Replace('\\', '/');
        _lines = Repository.Read(path).Split('\n');
    }

    /// <summary>Its path inside the repository.</summary>
    public string Path { get; }

    /// <summary>The text of each C# block, with the line that it begins on.</summary>
    public IEnumerable<(int Line, string Text)> CSharpBlocks()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].Trim() is not ("```csharp" or "```cs" or "```c#" or "```C#")) continue;
            var end = Array.FindIndex(_lines, i + 1, line => line.Trim() == "```");
            if (end < 0) throw new InvalidOperationException($"{Path}:{i + 1}: the code block has no end.");
            yield return (i + 1, Snippet.Dedent(_lines[(i + 1)..end]));
            i = end;
        }
    }

    /// <summary>The target of each link and image, with its line.</summary>
    public IEnumerable<(int Line, string Target)> Links() =>
        Prose().SelectMany(line => Link().Matches(InlineCode().Replace(line.Text, "")).Select(match => (line.Line, match.Groups[1].Value)));

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors() =>
        Prose().Where(line => line.Text.StartsWith('#')).Select(line => AnchorOf(line.Text.TrimStart('#').Trim())).ToHashSet(StringComparer.Ordinal);

    /// <summary>The rows of the tables under a heading, down to the next heading; each row's cells, without the table's head.</summary>
    public IReadOnlyList<string[]> TableUnder(string heading)
    {
        var start = Array.FindIndex(_lines, line => line.TrimStart('#') == " " + heading && line.StartsWith('#'));
        if (start < 0) throw new InvalidOperationException($"{Path} has no heading '{heading}'.");
        return
        [
            .. _lines.Skip(start + 1).TakeWhile(line => !line.StartsWith('#'))
                .Where(line => line.StartsWith('|'))
                .Select(line => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
                .SkipWhile(cells => !cells[0].StartsWith("---", StringComparison.Ordinal))
                .Skip(1),
        ];
    }

    public override string ToString() => Path;

    private static string AnchorOf(string heading) =>
        new([.. heading.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(c => c == ' ' ? '-' : c)]);

    /// <summary>The lines outside of code blocks.</summary>
    private IEnumerable<(int Line, string Text)> Prose()
    {
        var isCode = false;
        for (var i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            else if (!isCode) yield return (i + 1, _lines[i]);
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();
}
