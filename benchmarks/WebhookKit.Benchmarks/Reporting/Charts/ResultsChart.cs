namespace WebhookKit.Benchmarks.Reporting.Charts;

/// <summary>All that is measured, as small charts in one drawing.</summary>
internal static class ResultsChart
{
    private const int Columns = 3;
    private const double Width = 330;
    private const double Height = 190;
    private const double Gap = 32;
    private const double Top = 56;

    public static string Draw(IReadOnlyList<PartResult> results)
    {
        (string Title, Action<Svg, Box> Draw)[] charts =
        [
            ("throughput", (svg, box) => BarChart.Draw(svg, box, "Throughput, share of a plain HttpClient loop's", BarsOf(results, Parts.Throughput, "ratio"))),
            ("bytes", (svg, box) => BarChart.Draw(svg, box, "Bytes allocated, times the loop's", BarsOf(results, Parts.Throughput, "bytes"))),
            ("latency", (svg, box) => BarChart.Draw(svg, box, "Publish latency, ms (p50, p99)", BarsOf(results, Parts.Latency, "p50", "p99"))),
            ("backlog", (svg, box) => LineChart.Draw(svg, box, "Cost of a delivery by backlog, relative", SeriesOf(results, Parts.Backlog, "cost"), 1.1, isLogarithmic: false)),
            ("lanes", (svg, box) => LineChart.Draw(svg, box, "Cost of a delivery by lanes, relative", SeriesOf(results, Parts.Lanes, "cost"), 1.1, isLogarithmic: false)),
            ("fan-out", (svg, box) => LineChart.Draw(svg, box, "Publishing by fan-out, ms", SeriesOf(results, Parts.FanOut, "published"), 250, isLogarithmic: true)),
            ("fan-out cost", (svg, box) => LineChart.Draw(svg, box, "Cost of a delivery by fan-out, relative", SeriesOf(results, Parts.FanOut, "cost"), null, isLogarithmic: false)),
            ("batching", (svg, box) => LineChart.Draw(svg, box, "Events a second by batch size, loop = 1", SeriesOf(results, Parts.Batching, "ratio"), null, isLogarithmic: false)),
            ("isolation", (svg, box) => BarChart.Draw(svg, box, "Healthy endpoints beside sick ones, share", BarsOf(results, Parts.Isolation, "steady", "full"))),
            ("drain", (svg, box) => BarChart.Draw(svg, box, "Draining, share of the loop's rate", BarsOf(results, Parts.Drain, "ratio"))),
            ("start", (svg, box) => BarChart.Draw(svg, box, "Process start to the first delivery, ms", BarsOf(results, Parts.Rest, "first"))),
            ("rest", (svg, box) => BarChart.Draw(svg, box, "Memory at rest, MiB", BarsOf(results, Parts.Rest, "rest"))),
        ];

        var rows = (charts.Length + Columns - 1) / Columns;
        var (width, height) = ((int)((Columns * (Width + Gap)) + Gap), (int)(Top + (rows * (Height + Gap)) + Gap / 2));
        var svg = new Svg(width, height);
        DrawKey(svg, results);
        for (var i = 0; i < charts.Length; i++)
            charts[i].Draw(svg, new Box(Gap + (i % Columns * (Width + Gap)), Top + (i / Columns * (Height + Gap)), Width, Height));
        return svg.Finish("Results of the benchmarks");
    }

    private static void DrawKey(Svg svg, IReadOnlyList<PartResult> results)
    {
        var x = Gap;
        foreach (var part in results.Select(r => r.Part).DistinctBy(p => p.Store))
        {
            svg.Rect(x, 18, 14, 14, part.Store);
            svg.Text(x + 20, 29, part.StoreName);
            x += 110;
        }

        svg.Line(x, 18, x, 32, "goal");
        svg.Text(x + 10, 29, "goal");
        svg.Line(x + 70, 25, x + 96, 25, "spread");
        svg.Text(x + 104, 29, "smallest to largest round");
    }

    /// <summary>A bar for each figure with one of the keys, labelled by what tells it from the others.</summary>
    private static List<Bar> BarsOf(IReadOnlyList<PartResult> results, string topic, params string[] keys)
    {
        List<Bar> bars = [];
        foreach (var result in results.Where(r => r.Part.Topic == topic))
        {
            foreach (var key in keys)
            {
                foreach (var figure in result.Find(key))
                {
                    var detail = keys.Length > 1 ? key : figure.Group;
                    bars.Add(new Bar(detail.Length > 0 ? detail : result.Part.StoreName, result.Part.Store, figure));
                }
            }
        }

        return bars;
    }

    private static List<Series> SeriesOf(IReadOnlyList<PartResult> results, string topic, string key) =>
        [.. results.Where(r => r.Part.Topic == topic && r.Find(key).Any()).Select(r => new Series(r.Part.Store, [.. r.Find(key).OrderBy(f => f.At)]))];
}
