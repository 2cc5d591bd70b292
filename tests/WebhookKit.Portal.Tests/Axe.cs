using System.Text.Json;

namespace WebhookKit.Portal.Tests;

/// <summary>Looks for faults by the rules of WCAG 2.1, A and AA, with axe-core.</summary>
internal static class Axe
{
    private const string Run = """
        async () => {
          const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] });
          return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => `${n.html.slice(0, 200)} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message})`).join(' | ')}`);
        }
        """;

    private static readonly string Script = Path.Combine(Repository.Root, "tests", "WebhookKit.Portal.Tests", "node_modules", "axe-core", "axe.min.js");

    public static void Require()
    {
        if (!File.Exists(Script)) Chromium.Miss("axe-core is not installed: run ./test.sh, or `npm ci` in tests/WebhookKit.Portal.Tests.");
    }

    public static async Task<IReadOnlyList<string>> FindFaultsAsync(IPage page)
    {
        // Past the page's own policy, which rightly lets nothing in.
        await page.EvaluateAsync($"() => {{ {await File.ReadAllTextAsync(Script)} }}");
        return (await page.EvaluateAsync<JsonElement>(Run)).EnumerateArray().Select(v => v.GetString()!).ToList();
    }
}
