namespace WebhookKit.Benchmarks.Measuring;

/// <summary>A table on the console that remembers its figures, and whether a target was missed.</summary>
internal sealed class Report
{
    private const int NameWidth = 52;
    private const int ValueWidth = 34;

    private static readonly List<string> Notes = [];
    private static readonly List<Figure> Figures = [];

    private string _group = "";
    private bool _missed;

    public Report(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine(new string('-', title.Length));
    }

    /// <summary>What all reports of this process have found.</summary>
    public static Findings Findings => new(Notes, Figures);

    public int ExitCode => _missed ? 1 : 0;

    public static void Note(string text)
    {
        Console.WriteLine(text);
        if (text.Length > 0) Notes.Add(text);
    }

    /// <summary>What the figures that follow belong to.</summary>
    public void Group(string name)
    {
        Console.WriteLine();
        Console.WriteLine(name);
        _group = name;
    }

    /// <summary>A figure, held against its target if it has one.</summary>
    public void Add(string name, Spread value, string format, Target? target = null, string? key = null, double? at = null)
    {
        var figure = new Figure(_group, name, value, format, target, key, at);
        Figures.Add(figure);
        if (target is null) Row("  " + name, value.ToString(format));
        else Row("  " + name, value.ToString(format), target.ToString(), !figure.IsMissed);
    }

    /// <summary>A row that only informs.</summary>
    public static void Row(string name, string value) => Console.WriteLine($"{name,-NameWidth} {value,ValueWidth}");

    /// <summary>A row that is held against a target by its median.</summary>
    public void Row(string name, string value, string target, bool met)
    {
        Console.WriteLine($"{name,-NameWidth} {value,ValueWidth}   {(met ? "ok    " : "MISSED")} {target}");
        _missed |= !met;
    }
}
