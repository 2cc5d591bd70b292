using System.Globalization;

namespace WebhookKit.Benchmarks.Reporting.Charts;

/// <summary>Bars from left to right, each with its spread, its value and its goal.</summary>
internal static class BarChart
{
    private const double LabelWidth = 104;
    private const double ValueWidth = 46;
    private const double Top = 34;
    private const double MostThickness = 18;

    public static void Draw(Svg svg, in Box box, string title, IReadOnlyList<Bar> bars)
    {
        svg.Text(box.X, box.Y + 14, title, "title");
        if (bars.Count == 0)
        {
            svg.Text(box.X, box.Y + Top + 12, "not measured", "quiet");
            return;
        }

        var room = box.Width - LabelWidth - ValueWidth;
        var scale = room / bars.Max(b => Math.Max(b.Figure.Value.Max, b.Figure.Target?.Limit is { } goal && goal < 4 * b.Figure.Value.Max ? goal : 0));
        var pitch = Math.Min((box.Height - Top) / bars.Count, MostThickness * 1.4);
        var (left, thickness) = (box.X + LabelWidth, pitch * 0.7);
        for (var i = 0; i < bars.Count; i++)
        {
            var (label, style, figure) = bars[i];
            var y = box.Y + Top + (i * pitch);
            var middle = y + (thickness / 2);
            svg.Text(left - 8, middle + 4, label, "end");
            svg.Rect(left, y, Math.Max(1, figure.Value.Median * scale), thickness, style);
            svg.Line(left + (figure.Value.Min * scale), middle, left + (figure.Value.Max * scale), middle, "spread");
            if (figure.Target is { } target && target.Limit * scale <= room) svg.Line(left + (target.Limit * scale), y - 4, left + (target.Limit * scale), y + thickness + 4, "goal");
            svg.Text(box.X + box.Width, middle + 4, figure.Value.Median.ToString(figure.Format, CultureInfo.InvariantCulture), "end");
        }
    }
}
