using System.Globalization;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>The command line: a command, then numbers by name.</summary>
internal sealed class Settings
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public string Command { get; private init; } = "";

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says which part.</exception>
    public static Settings Parse(string[] args)
    {
        var settings = new Settings { Command = args.Length > 0 ? args[0] : "" };
        for (var i = 1; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length
                || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                throw new FormatException($"'{args[i]}' is not followed by a positive number. Write for example: --rounds 5");
            settings._numbers[args[i][2..]] = number;
        }

        return settings;
    }

    public int Get(string name, int standard) => _numbers.GetValueOrDefault(name, standard);
}
