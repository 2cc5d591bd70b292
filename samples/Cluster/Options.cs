using System.Globalization;

namespace Cluster;

/// <summary>What the command line says.</summary>
internal sealed record Options(int Nodes = 3, int Seconds = 30, string? Postgres = null, bool ShowHelp = false, string? Error = null)
{
    public const string Help = """
        Cluster: several processes deliver webhooks from one PostgreSQL database; one of them is killed (kill -9), and the others take over.

        Usage: dotnet run --project samples/Cluster [-- [--nodes N] [--seconds N] [--postgres CONNECTION]]

          --nodes N              how many processes deliver, 2 to 8; default: 3
          --seconds N            how long events are published, 3 to 600; default: 30. One process is killed after a third of that.
          --postgres CONNECTION  a database to use, such as "Host=localhost;Username=postgres"; the sample makes a schema of its own in it and
                                 drops it afterwards. Default: a server of its own, which ends with the sample.
          -h, --help             show this text

        Each line of the table is a node: # marks the partitions that it owns, of 64. In a file or a pipe there is one line a second instead.

        Exit code: 0 every delivery arrived, each endpoint's in order; 1 something is missing or was overtaken, or the run was stopped; 2 it
        cannot run.
        """;

    public static Options Parse(string[] args)
    {
        if (args.Any(arg => arg is "-h" or "--help")) return new Options(ShowHelp: true);
        var options = new Options();
        for (var i = 0; i < args.Length && options.Error is null; i += 2)
        {
            var value = args.ElementAtOrDefault(i + 1);
            options = args[i] switch
            {
                "--nodes" => Number(value, 2, 8) is { } nodes ? options with { Nodes = nodes } : options with { Error = "--nodes needs a number from 2 to 8." },
                "--seconds" => Number(value, 3, 600) is { } seconds ? options with { Seconds = seconds } : options with { Error = "--seconds needs a number from 3 to 600." },
                "--postgres" => value is { Length: > 0 } ? options with { Postgres = value } : options with { Error = "--postgres needs a connection string." },
                var unknown => options with { Error = $"Unknown option '{unknown}'." },
            };
        }

        return options;
    }

    private static int? Number(string? text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;
}
