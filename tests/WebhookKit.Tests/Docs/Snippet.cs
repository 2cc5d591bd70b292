namespace WebhookKit.Tests.Docs;

/// <summary>A piece of compiled code that a Markdown file may show: what stands between <c>// snippet: name</c> and <c>// end snippet</c>.</summary>
internal sealed record Snippet(string Name, string Text)
{
    private const string Begin = "// snippet: ";
    private const string End = "// end snippet";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Snippet> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "WebhookKit.Tests", "Docs"), "Snippets*.cs")
            .Order(StringComparer.Ordinal)
            .SelectMany(path => Read(Path.GetRelativePath(Repository.Root, path))),
    ];

    /// <summary>The lines without the indentation that they share, and without empty ones at either end.</summary>
    public static string Dedent(IReadOnlyList<string> lines)
    {
        var indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length < indent ? "" : line[indent..].TrimEnd())).Trim('\n');
    }

    private static IEnumerable<Snippet> Read(string path)
    {
        var lines = Repository.Read(path).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() is not { } mark || !mark.StartsWith(Begin, StringComparison.Ordinal)) continue;
            var end = Array.FindIndex(lines, i + 1, line => line.Trim() == End);
            if (end < 0) throw new InvalidOperationException($"{path}:{i + 1}: '{mark}' has no '{End}'.");
            yield return new Snippet(mark[Begin.Length..], Dedent(lines[(i + 1)..end]));
            i = end;
        }
    }
}
