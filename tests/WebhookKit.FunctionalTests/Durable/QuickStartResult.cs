using System.Globalization;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>How a run has ended.</summary>
internal sealed record QuickStartResult(int ExitCode, string Output, string Errors)
{
    /// <summary>What the output ends with.</summary>
    public string LastLine => Output.TrimEnd().Split('\n')[^1];

    /// <summary>A figure of the report's last row, by the title of its column.</summary>
    public int Total(string column)
    {
        var titles = Cells("endpoint");
        return int.Parse(Cells("total")[titles.IndexOf(column) - 1], CultureInfo.InvariantCulture); // there is no behaviour
    }

    private List<string> Cells(string first) =>
        [.. Output.Split('\n').First(line => line.StartsWith(first, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
