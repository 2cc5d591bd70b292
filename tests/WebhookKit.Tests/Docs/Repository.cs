namespace WebhookKit.Tests.Docs;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>What a stranger reads first, and what it leads to.</summary>
    public static IReadOnlyList<MarkdownFile> Markdown { get; } =
    [
        .. new[] { "README.md", "CHANGELOG.md", "CONTRIBUTING.md" }
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            .Select(path => new MarkdownFile(Path.GetRelativePath(Root, Path.Combine(Root, path)))),
    ];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WebhookKit.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"There is no WebhookKit.sln above {AppContext.BaseDirectory}. Run the tests from a build inside the repository.");
    }
}
