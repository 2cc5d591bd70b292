using NUnit.Framework;

namespace WebhookKit.Tests.Docs;

/// <summary>Links inside the repository lead somewhere.</summary>
public sealed class LinkTests
{
    [TestCaseSource(nameof(Files))]
    public void Links_ToFilesAndHeadings_LeadSomewhere(string path)
    {
        var file = Repository.Markdown.Single(f => f.Path == path);
        Assert.That(file.Links().Where(link => !Leads(file, link.Target)).Select(link => $"{path}:{link.Line}: {link.Target}"), Is.Empty);
    }

    [Test]
    public void Docs_EveryFile_IsReachedFromTheReadme()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>(["README.md"]);
        while (next.TryDequeue(out var path))
        {
            if (!reached.Add(path) || Repository.Markdown.FirstOrDefault(f => f.Path == path) is not { } file) continue;
            foreach (var (_, target) in file.Links()) next.Enqueue(Resolve(file, target.Split('#')[0]));
        }

        Assert.That(Repository.Markdown.Select(f => f.Path).Except(reached), Is.Empty);
    }

    private static IEnumerable<string> Files() => Repository.Markdown.Select(file => file.Path);

    private static bool Leads(MarkdownFile file, string target)
    {
        if (target.StartsWith("https://", StringComparison.Ordinal) || target.StartsWith("http://", StringComparison.Ordinal)) return true;
        var (path, anchor) = target.Split('#') switch
        {
            ["", var inside] => (file.Path, inside),
            [var other, var inside] => (Resolve(file, other), inside),
            [var other] => (Resolve(file, other), null),
            _ => ("", null),
        };
        if (anchor is not null) return Repository.Markdown.FirstOrDefault(f => f.Path == path)?.Anchors().Contains(anchor) == true;
        return Path.Exists(Path.Combine(Repository.Root, path));
    }

    private static string Resolve(MarkdownFile file, string target)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, file.Path))!;
        return Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(folder, target))).Replace('\\', '/');
    }
}
