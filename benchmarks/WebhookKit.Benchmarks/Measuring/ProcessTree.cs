using System.Globalization;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>A process and its children, as Linux counts them.</summary>
internal sealed class ProcessTree(int root)
{
    private const int TicksPerSecond = 100;

    /// <summary>The processor time that they have used, those children included that have ended; zero where nobody counts it.</summary>
    public TimeSpan ProcessorTime => OperatingSystem.IsLinux() ? Processes().Aggregate(TimeSpan.Zero, (sum, time) => sum + time) : TimeSpan.Zero;

    private IEnumerable<TimeSpan> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || StatusOf(folder) is not { } status) continue;

            // After the name in brackets: state, parent, …; from the eleventh: user, system, and both of the children that have ended.
            if (id == root) yield return TimeOf(status[11..15]);
            else if (status[1] == root.ToString(CultureInfo.InvariantCulture)) yield return TimeOf(status[11..13]);
        }
    }

    private static string[]? StatusOf(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // It has just ended.
        }
    }

    private static TimeSpan TimeOf(IEnumerable<string> ticks) => TimeSpan.FromSeconds(ticks.Sum(t => long.Parse(t, CultureInfo.InvariantCulture)) / (double)TicksPerSecond);
}
