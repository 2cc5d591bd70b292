using System.Globalization;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>The command line: a command, then numbers and words by name.</summary>
internal sealed class Settings
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public string Command { get; private init; } = "";

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says which part.</exception>
    public static Settings Parse(string[] args)
    {
        var settings = new Settings { Command = args.Length > 0 ? args[0] : "" };
        for (var i = 1; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
                throw new FormatException($"'{args[i]}' is not a name with a value. Write for example: --rounds 5");
            settings._values[args[i][2..]] = args[i + 1];
        }

        return settings;
    }

    /// <summary>A positive number.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public int Get(string name, int standard)
    {
        if (!_values.TryGetValue(name, out var text)) return standard;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"--{name} is '{text}', which is no positive number. Write for example: --rounds 5");
    }

    /// <summary>A word.</summary>
    public string Text(string name, string standard) => _values.GetValueOrDefault(name, standard);
}
