using System.Globalization;
using Cluster.Nodes;

namespace Cluster;

/// <summary>Shows each moment: a table that is drawn again in its place in a terminal, a line anywhere else.</summary>
internal sealed class Display(TextWriter output, bool isTerminal)
{
    /// <summary>A line of the table that does not fit would be two, and the table could not be drawn over.</summary>
    public const int Width = 115;

    private int _drawn;

    /// <summary>Says something that stays.</summary>
    public void Say(string line)
    {
        output.WriteLine(line);
        _drawn = 0;
    }

    public void Show(Moment moment)
    {
        if (!isTerminal)
        {
            output.WriteLine(ToLine(moment));
            return;
        }

        // Up to where the table began, and clear from there.
        if (_drawn > 0) output.Write($"\e[{_drawn}A\e[J");
        string[] lines = [.. ToTable(moment)];
        foreach (var line in lines) output.WriteLine(line);
        _drawn = lines.Length;
    }

    private static string ToLine(Moment moment)
    {
        var nodes = moment.Nodes.Select(node => Text($"{node.Name}{(node.IsKilled ? " (killed)" : "")} owns {Owned(moment, node)}, {node.PerSecond:0}/s"));
        return $"{Totals(moment)} | {string.Join(" | ", nodes)}";
    }

    private static IEnumerable<string> ToTable(Moment moment)
    {
        yield return "";
        yield return Totals(moment);
        yield return Text($"{"node",-10} {"partitions".PadRight(moment.Owners.Count)} {"owns",5} {"deliveries/s",13} {"delivered",10}");
        foreach (var node in moment.Nodes)
        {
            var map = string.Concat(moment.Owners.Select(owner => owner == node.Name ? '#' : '.'));
            yield return Text($"{node.Name,-10} {map} {Owned(moment, node),5} {node.PerSecond,13:0} {node.Delivered,10:#,0}{(node.IsKilled ? "  killed" : "")}");
        }
    }

    private static string Totals(Moment moment) => Text(
        $"{moment.Elapsed.TotalSeconds,5:0.0} s: {moment.Published:#,0} events published, {moment.Arrivals.Deliveries:#,0} of {moment.Published * ClusterWebhooks.Endpoints:#,0} deliveries arrived, {moment.Arrivals.MoreThanOnce} of them more than once");

    private static int Owned(Moment moment, NodeState node) => moment.Owners.Count(owner => owner == node.Name);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
