namespace WebhookKit.Benchmarks.Measuring;

/// <summary>A table on the console that remembers whether a target was missed.</summary>
internal sealed class Report
{
    private const int NameWidth = 52;
    private const int ValueWidth = 34;
    private bool _missed;

    public int ExitCode => _missed ? 1 : 0;

    public Report(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine(new string('-', title.Length));
    }

    public static void Note(string text) => Console.WriteLine(text);

    /// <summary>A row that only informs.</summary>
    public static void Row(string name, string value) => Console.WriteLine($"{name,-NameWidth} {value,ValueWidth}");

    /// <summary>A row that is held against a target by its median.</summary>
    public void Row(string name, string value, string target, bool met)
    {
        Console.WriteLine($"{name,-NameWidth} {value,ValueWidth}   {(met ? "ok    " : "MISSED")} {target}");
        _missed |= !met;
    }
}
