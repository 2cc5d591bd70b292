using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace CrashNode;

/// <summary>What the command line says, as <c>--name value</c>.</summary>
internal sealed record NodeOptions
{
    /// <summary>The number of this process among those of its test: receivers see it in each request.</summary>
    public required int Run { get; init; }

    public required Uri Receiver { get; init; }

    /// <summary>A SQLite file.</summary>
    public required string? Sqlite { get; init; }

    /// <summary>A connection string: the process is one of many then, with leases as short as may be.</summary>
    public required string? Postgres { get; init; }

    /// <summary>Whether it publishes, until it is stopped.</summary>
    public required bool Publishes { get; init; }

    /// <summary>Whether it delivers.</summary>
    public required bool Dispatches { get; init; }

    /// <summary>Whether it ends by itself when nothing is pending.</summary>
    public required bool Finishes { get; init; }

    public required int PayloadBytes { get; init; }

    /// <summary>How long a publisher waits after each event.</summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>The deadline of an attempt, which the shortest possible lease follows from.</summary>
    public required TimeSpan AttemptTimeout { get; init; }

    /// <summary>How many subscriptions there are of each kind; 0: one, named as its kind.</summary>
    public required int Copies { get; init; }

    /// <summary>Whether there are subscriptions with limits too.</summary>
    public required bool HasLimits { get; init; }

    /// <summary>By the rule of <c>WebhookOptions.LeaseDuration</c>.</summary>
    public TimeSpan ShortestLease => (AttemptTimeout + TimeSpan.FromSeconds(5)) * 1.2;

    public static NodeOptions Parse(IConfiguration arguments)
    {
        int Number(string name, int standard) => arguments[name] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : standard;
        return new NodeOptions
        {
            Run = Number("run", 1),
            Receiver = new Uri(arguments["receiver"]!),
            Sqlite = arguments["sqlite"],
            Postgres = arguments["postgres"],
            Publishes = arguments["publish"] == "true",
            Dispatches = arguments["dispatch"] != "false",
            Finishes = arguments["finish"] == "true",
            PayloadBytes = Number("payload", 0),
            Pause = TimeSpan.FromMilliseconds(Number("pause", 0)),
            AttemptTimeout = TimeSpan.FromMilliseconds(Number("timeout", 1000)),
            Copies = Number("copies", 0),
            HasLimits = arguments["limits"] == "true",
        };
    }
}
