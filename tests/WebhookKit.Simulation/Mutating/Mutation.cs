namespace WebhookKit.Simulation.Mutating;

/// <summary>A small bug: a text of a file that is replaced by another.</summary>
internal sealed record Mutation(string Name, string File, string From, string To)
{
    /// <summary>Reads a list of them: four lines each, an empty line between, lines with # aside.</summary>
    public static IEnumerable<Mutation> ReadAll(string path)
    {
        string[] lines = [.. System.IO.File.ReadLines(path).SkipWhile(l => l.Length == 0 || l[0] == '#')];
        for (var i = 0; i + 3 < lines.Length; i += 5) yield return new Mutation(lines[i], lines[i + 1], lines[i + 2], lines[i + 3]);
    }

    /// <summary>How often the file has the text.</summary>
    public int CountIn(string folder) => System.IO.File.ReadAllText(Path.Combine(folder, File)).Split(From).Length - 1;

    /// <summary>Changes the file under a folder.</summary>
    /// <returns>What the file was, and where it is.</returns>
    public (string Path, string Before) Apply(string folder)
    {
        var path = Path.Combine(folder, File);
        var before = System.IO.File.ReadAllText(path);
        if (CountIn(folder) != 1) throw new InvalidOperationException($"'{Name}': {File} does not have the text exactly once:\n{From}");
        System.IO.File.WriteAllText(path, before.Replace(From, To, StringComparison.Ordinal));
        return (path, before);
    }
}
