using NUnit.Framework;

namespace WebhookKit.Tests.Docs;

/// <summary>The code that README and docs show is code that compiles: see <see cref="Snippets"/>.</summary>
public sealed class CodeBlockTests
{
    [Test]
    public void CSharpBlocks_Shown_AreCompiledSnippets()
    {
        var texts = Snippet.All.Select(snippet => snippet.Text).ToHashSet(StringComparer.Ordinal);
        var strays = Blocks().Where(block => !texts.Contains(block.Text)).Select(block => $"{block.At}: not a snippet of Snippets.cs, or changed there:\n{block.Text}");
        Assert.That(strays, Is.Empty);
    }

    [Test]
    public void Snippets_Compiled_AreShown()
    {
        var shown = Blocks().Select(block => block.Text).ToHashSet(StringComparer.Ordinal);
        Assert.That(Snippet.All.Where(snippet => !shown.Contains(snippet.Text)).Select(snippet => snippet.Name), Is.Empty, "no Markdown file shows them: remove them");
    }

    [Test]
    public void Snippets_Names_AreUnique() => Assert.That(Snippet.All.Select(snippet => snippet.Name), Is.Unique.And.Not.Empty);

    [Test]
    public void Readme_FirstExample_HasTenLines()
    {
        var first = Blocks().First(block => block.At.StartsWith("README.md", StringComparison.Ordinal)).Text;
        Assert.That(first.Split('\n').Count(line => line.Length > 0), Is.LessThanOrEqualTo(10));
    }

    private static IEnumerable<(string At, string Text)> Blocks() =>
        Repository.Markdown.SelectMany(file => file.CSharpBlocks().Select(block => ($"{file.Path}:{block.Line}", block.Text)));
}
