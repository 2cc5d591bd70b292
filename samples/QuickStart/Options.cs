namespace QuickStart;

/// <summary>What the command line says.</summary>
internal sealed record Options(string? File, bool ShowHelp = false, string? Error = null)
{
    public const string Help = """
        QuickStart: publishes events as webhooks to five local endpoints and checks what arrives.

        Usage: dotnet run --project samples/QuickStart [-- [FILE | -]]

          FILE       events to publish, one JSON object a line; default: the sample's own events.jsonl
          -          read them from standard input
          -h, --help show this text

        A line:
          {"id":"evt_1","type":"subscriber.created","occurred_at":"2026-03-02T08:00:00Z","data":{"email":"ada@example.com"}}
          type and data are required. Blank lines are skipped.

        The endpoints: one answers well, one fails twice and recovers, one takes batches, one is slow, one answers 410
        (and is disabled for it). The receiver verifies every signature.

        Exit code: 0 every event owed was received and verified exactly once
                   1 a line was bad (the rest was delivered), or an event is missing or came twice
                   2 the command line or the file cannot be used
        """;

    public static Options Parse(string[] args)
    {
        if (args.Any(arg => arg is "-h" or "--help")) return new Options(null, ShowHelp: true);
        if (args.FirstOrDefault(arg => arg.StartsWith('-') && arg != "-") is { } unknown) return new Options(null, Error: $"Unknown option '{unknown}'.");
        if (args.Length > 1) return new Options(null, Error: $"One file at a time, please: there are {args.Length}.");
        return new Options(args.FirstOrDefault());
    }
}
