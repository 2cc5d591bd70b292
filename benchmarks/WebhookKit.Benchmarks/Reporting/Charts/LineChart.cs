using System.Globalization;

namespace WebhookKit.Benchmarks.Reporting.Charts;

/// <summary>Lines over what grows, of which each step is ten times the one before.</summary>
internal static class LineChart
{
    private const double Left = 40;
    private const double Top = 34;
    private const double Bottom = 24;
    private const double Right = 12;

    /// <summary>Draws it.</summary>
    /// <param name="svg">Where.</param>
    /// <param name="box">And in which place.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="series">The lines.</param>
    /// <param name="goal">Where the goal lies; null where there is none.</param>
    /// <param name="isLogarithmic">Whether each step upwards is ten times the one before too.</param>
    public static void Draw(Svg svg, in Box box, string title, IReadOnlyList<Series> series, double? goal, bool isLogarithmic)
    {
        svg.Text(box.X, box.Y + 14, title, "title");
        var all = series.SelectMany(s => s.Figures).ToList();
        if (all.Count == 0)
        {
            svg.Text(box.X, box.Y + Top + 12, "not measured", "quiet");
            return;
        }

        var frame = new Box(box.X + Left, box.Y + Top, box.Width - Left - Right, box.Height - Top - Bottom);
        var ticks = TicksOf(Math.Max(all.Max(f => f.Value.Median) * 1.1, goal * 1.2 ?? 0), all.Min(f => f.Value.Median), isLogarithmic);
        var across = new Axis(all.Min(f => f.At!.Value), all.Max(f => f.At!.Value), frame.X, frame.X + frame.Width, IsLogarithmic: true);
        var upwards = new Axis(ticks[0], ticks[^1], frame.Y + frame.Height, frame.Y, isLogarithmic);
        foreach (var tick in ticks)
        {
            svg.Line(frame.X, upwards.Of(tick), frame.X + frame.Width, upwards.Of(tick), "grid");
            svg.Text(frame.X - 6, upwards.Of(tick) + 4, tick.ToString("#,0.####", CultureInfo.InvariantCulture), "quiet end");
        }

        foreach (var at in all.Select(f => f.At!.Value).Distinct()) svg.Text(across.Of(at), frame.Y + frame.Height + 16, Short(at), "quiet middle");
        if (goal is { } line)
        {
            svg.Line(frame.X, upwards.Of(line), frame.X + frame.Width, upwards.Of(line), "goal");
            svg.Text(frame.X + 4, upwards.Of(line) - 4, "goal: at most " + line.ToString("0.##", CultureInfo.InvariantCulture), "goal-text");
        }

        foreach (var (style, figures) in series)
        {
            svg.Path(figures.Select(f => (across.Of(f.At!.Value), upwards.Of(f.Value.Median))), style);
            foreach (var figure in figures) svg.Circle(across.Of(figure.At!.Value), upwards.Of(figure.Value.Median), 3.5, style);
        }
    }

    private static double[] TicksOf(double most, double least, bool isLogarithmic)
    {
        if (isLogarithmic)
        {
            var (from, to) = ((int)Math.Floor(Math.Log10(least)), (int)Math.Ceiling(Math.Log10(most)));
            return [.. Enumerable.Range(from, to - from + 1).Select(power => Math.Pow(10, power))];
        }

        var step = Math.Pow(10, Math.Floor(Math.Log10(most)));
        step = (most / step) switch { < 1.5 => step / 4, < 3 => step / 2, < 6 => step, _ => step * 2 };
        return [.. Enumerable.Range(0, (int)Math.Ceiling(most / step) + 1).Select(i => i * step)];
    }

    private static string Short(double number) => number switch
    {
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000:0.#}M"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1_000:0.#}k"),
        _ => number.ToString("0", CultureInfo.InvariantCulture),
    };

    private readonly record struct Axis(double From, double To, double Start, double End, bool IsLogarithmic)
    {
        public double Of(double value)
        {
            var (from, to, at) = IsLogarithmic ? (Math.Log10(From), Math.Log10(To), Math.Log10(value)) : (From, To, value);
            return to > from ? Start + ((at - from) / (to - from) * (End - Start)) : (Start + End) / 2;
        }
    }
}
